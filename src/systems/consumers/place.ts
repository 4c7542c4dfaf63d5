import type { ZodObject, ZodType, z } from 'zod';
import { ConfigError } from '../../kernel/errors.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { CopyPlace } from '../protocols/copies/place.ts';

/** One entry of `deliverTo`, of the kind that `to` names. */
export interface Target {
  readonly to: string;
  /** Name of the connection; may be left out when there is one only. */
  readonly connection?: string | undefined;
}

/** A kind of place outside of SAP's user administration that holds a copy of a credential. */
export interface Place<T extends Target = Target> extends CopyPlace<T> {
  /** Value of `to`, and key of its connections. */
  readonly kind: T['to'];
  /** Strict; with `to` as a literal. */
  readonly target: ZodObject & ZodType<T>;
  /** One connection; absent where none is needed. */
  readonly connection?: ZodType;
}

/** Identity function that gives a place its type. */
export function definePlace<T extends Target>(place: Place<T>): Place<T> {
  return place;
}

/** The connection of a target, by name, or the only one of its kind. */
export function connectionOf<S extends ZodType>(
  kind: string,
  schema: S,
  { connection }: Target,
  manifest: Manifest,
): { readonly name: string; readonly connection: z.infer<S> } {
  const all = Object.entries((manifest.connections[kind] ?? {}) as Readonly<Record<string, unknown>>);
  const found = connection === undefined ? only(all) : all.find(([name]) => name === connection);
  if (found) return { name: found[0], connection: schema.parse(found[1]) };
  throw new ConfigError('ERR_CONFIG_CONNECTION', missingConnection(kind, connection, all.length), {
    remedy: `add it under connections.${kind}`,
  });
}

/** Why a target has no connection; undefined when it has one. */
export function connectionProblem({ kind, connection }: Place, target: Target, manifest: Manifest): string | undefined {
  if (!connection) return undefined;
  const names = Object.keys(manifest.connections[kind] ?? {});
  if (target.connection === undefined ? names.length === 1 : names.includes(target.connection)) return undefined;
  return missingConnection(kind, target.connection, names.length);
}

function missingConnection(kind: string, name: string | undefined, known: number): string {
  if (name !== undefined) return `there is no connection connections.${kind}.${name}`;
  return known === 0
    ? `there is no connection under connections.${kind}`
    : `connections.${kind} has ${known} entries: say which`;
}

function only<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}

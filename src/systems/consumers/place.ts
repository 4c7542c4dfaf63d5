import type { ZodObject, ZodType, z } from 'zod';
import { ConfigError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';

/** What is delivered: one version of a credential. */
export interface Copy {
  /** Name in the vault. */
  readonly name: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The name that logs in with it; absent where the secret says it itself. */
  readonly login?: string;
  readonly secret: Secret;
}

/** What a place tells about what it holds. */
export type Held =
  | { readonly is: 'absent' }
  /** It gives the secret back. */
  | { readonly is: 'readable'; readonly secret: Secret; readonly login?: string }
  /** It gives back what we noted beside the secret when we wrote it; the secret itself may be another one since. */
  | { readonly is: 'marked'; readonly name: string; readonly version: number }
  /** It says when it was last written, and nothing more. Epoch milliseconds. */
  | { readonly is: 'dated'; readonly at: number }
  /** It compared for us. */
  | { readonly is: 'compared'; readonly same: boolean }
  /** Something is there, or may be. */
  | { readonly is: 'opaque' };

/** One entry of `deliverTo`, of the kind that `to` names. */
export interface Target {
  readonly to: string;
  /** Name of the connection; may be left out when there is one only. */
  readonly connection?: string | undefined;
}

/** A kind of place outside of SAP's user administration that holds a copy of a credential. */
export interface Place<T extends Target = Target> {
  /** Value of `to`, and key of its connections. */
  readonly kind: T['to'];
  /** Strict; with `to` as a literal. */
  readonly target: ZodObject & ZodType<T>;
  /** One connection; absent where none is needed. */
  readonly connection?: ZodType;
  /** For people. */
  title(target: T): string;
  /** What tells one target from another, for addresses. */
  segments(target: T): readonly string[];
  /** Looks at what is there, given what should be there as far as there is one. */
  look(target: T, expected: Copy | undefined, ctx: SystemContext): Promise<Held>;
  /** Writes login and secret; the same again changes nothing. Gives evidence without secrets. */
  write(target: T, copy: Copy, ctx: SystemContext): Promise<JsonObject>;
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

import type { Row } from '../../../../src/systems/cf/emulator/cloud-controller/rows/row.ts';
import { at, objectAt, type Recorded, textAt } from '../json.ts';
import type { Kind } from '../world.ts';

/** Related things by their kind, so that they can be made before what belongs to them, with what this one tells of them. */
export type Related = readonly (readonly [kind: Kind | 'users', guid: string, hint?: Recorded])[];

export type Plant = (
  recorded: Recorded,
  row: Row,
  before: Row | undefined,
) => { readonly row: Row; readonly related: Related };

/** Rows of the emulator from resources as answers show them. What an answer does not show stays as it was. */
export type Plants = Readonly<Partial<Record<Kind, Plant>>>;

export const related = (...pairs: readonly (readonly [Kind | 'users', string | undefined, Recorded?])[]): Related =>
  pairs.flatMap(([kind, guid, hint]) => (guid === undefined ? [] : [[kind, guid, hint] as const]));

export const name = (recorded: Recorded, row: Row) => textAt(recorded, 'name') ?? row.guid;
export const numbers = (recorded: Recorded, key: string) =>
  objectAt(recorded, key) as Readonly<Record<string, number | null>>;
export const flag = (recorded: unknown, ...path: readonly string[]) => at(recorded, ...path) === true;

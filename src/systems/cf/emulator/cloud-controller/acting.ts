import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { notAuthorized, notFound, orgSuspended } from '../../../protocols/cf-v3/emulator/errors.ts';
import type { UaaStore } from '../uaa/store.ts';
import type { Caller } from './caller.ts';
import type { CfOrg, CfSpace } from './rows/organizations.ts';
import type { Row } from './rows/row.ts';
import type { CloudControllerStore } from './store.ts';
import type { Visibility } from './visibility.ts';

/** What the Cloud Controller works with, whoever calls. */
export interface Parts {
  readonly ctx: EmulatorContext;
  readonly store: CloudControllerStore;
  readonly uaa: UaaStore;
}

/** A caller at work: what every decision and every view needs. */
export interface Acting extends Parts {
  readonly caller: Caller;
  readonly see: Visibility;
  /** `https://api.cf.<landscape>.hana.ondemand.com`. */
  readonly api: string;
}

/** A JSON object of an answer. */
export type Shape = Readonly<Record<string, unknown>>;

export interface Link {
  readonly href: string;
  readonly method?: string;
}

export function link({ api }: Pick<Acting, 'api'>, path: string, method?: string): Link {
  return { href: `${api}${path}`, ...(method === undefined ? {} : { method }) };
}

/** The common part of a new row. */
export function newRow({ ctx, caller }: Pick<Acting, 'ctx' | 'caller'>): Row {
  const now = ctx.now();
  return { guid: ctx.id(), landscape: caller.landscape, createdAt: now, updatedAt: now };
}

/** `guid`, `created_at` and `updated_at`, as every resource begins. */
export function head(row: Pick<Row, 'guid' | 'createdAt' | 'updatedAt'>): Shape {
  const created = time(row.createdAt);
  // Most rows never change, and times are a fifth of a page of 5,000.
  return {
    guid: row.guid,
    created_at: created,
    updated_at: row.updatedAt === row.createdAt ? created : time(row.updatedAt),
  };
}

/** `2024-04-08T05:45:29Z`. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** `{"data": {"guid": …}}`, or null in it. */
export function toOne(guid: string | undefined): { readonly data: { readonly guid: string } | null } {
  return { data: guid === undefined ? null : { guid } };
}

export function toMany(guids: readonly string[]): { readonly data: readonly { readonly guid: string }[] } {
  return { data: guids.map((guid) => ({ guid })) };
}

/** A row of this landscape. */
export function inLandscape<T extends Row>({ caller }: Pick<Acting, 'caller'>, row: T | undefined): T | undefined {
  return row?.landscape === caller.landscape ? row : undefined;
}

/** An org that the caller sees; an invisible one is not found. */
export function orgOf(acting: Acting, guid: string): CfOrg {
  const org = acting.store.orgs.get(guid);
  if (!org || !acting.see.seesOrg(org)) throw notFound('Organization');
  return org;
}

/** A space that the caller sees; an invisible one is not found. */
export function spaceOf(acting: Acting, guid: string): CfSpace {
  const space = acting.store.spaces.get(guid);
  if (!space || !acting.see.seesSpace(space)) throw notFound('Space');
  return space;
}

/** The space of a row that belongs to one. */
export function homeOf({ store }: Pick<Acting, 'store'>, row: { readonly space: string }): CfSpace {
  const space = store.spaces.get(row.space);
  if (!space) throw notFound('Space');
  return space;
}

export function requireAdmin({ caller }: Pick<Acting, 'caller'>): void {
  if (!caller.admin) throw notAuthorized();
}

/** A suspended org is read only, for all but administrators. */
export function requireWritable({ store, caller }: Pick<Acting, 'store' | 'caller'>, org: string | undefined): void {
  if (!caller.admin && org !== undefined && store.orgs.get(org)?.suspended) throw orgSuspended();
}

import type { JsonObject } from '../../../../kernel/json.ts';
import { badQuery, notFound } from '../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../protocols/cf-v3/emulator/list-query.ts';
import { type Acting, head, link, newRow, type Shape, toOne } from './acting.ts';
import { list } from './listing.ts';
import type { CfSpace } from './rows/organizations.ts';
import type { CfEvent } from './rows/platform.ts';
import type { CloudControllerStore } from './store.ts';

/** Audit events older than this are deleted (SAP help 9809fa4). */
const EVENT_DAYS = 14;
const DAY_MS = 86_400_000;

/** Who did it when it was nobody's call. */
export type EventTarget = CfEvent['target'];

/** Writes an audit event of the caller's (cloud_controller_ng, app/repositories/*_event_repository.rb). */
export function record(
  acting: Acting,
  type: string,
  target: EventTarget,
  place: { readonly space?: Pick<CfSpace, 'guid' | 'org'>; readonly org?: string } = {},
  data: JsonObject = {},
): void {
  const { caller, store } = acting;
  const org = place.space?.org ?? place.org;
  const event: CfEvent = {
    ...newRow(acting),
    type,
    actor: { guid: caller.guid, type: 'user', name: caller.name },
    target,
    data,
    ...(place.space === undefined ? {} : { space: place.space.guid }),
    ...(org === undefined ? {} : { org }),
  };
  store.events.set(event.guid, event);
}

/** What was sent, as an event keeps it; secrets are not in it. */
export function requestOf(body: object, hidden: readonly string[] = []): JsonObject {
  const plain = JSON.parse(JSON.stringify(body)) as JsonObject;
  const entries = Object.entries(plain).map(([key, value]) => [key, hidden.includes(key) ? HIDDEN : value] as const);
  return { request: Object.fromEntries(entries) };
}

const HIDDEN = '[PRIVATE DATA HIDDEN]';

const EVENT_QUERY: ListRules = {
  filters: ['types', 'target_guids', 'space_guids', 'organization_guids'],
  refuse: badQuery,
};

/** Events of spaces in which the caller develops, supports or audits, and of orgs that it audits. */
function sees({ store, see, caller }: Acting, event: CfEvent): boolean {
  if (caller.globalRead) return true;
  const space = event.space === undefined ? undefined : store.spaces.get(event.space);
  const bySpace = space && see.hasSpaceRole(space, ['space_developer', 'space_auditor', 'space_supporter']);
  return bySpace || (event.org !== undefined && see.hasOrgRole(event.org, ['organization_auditor']));
}

export function listEvents(acting: Acting, params: URLSearchParams): Shape {
  const oldest = acting.ctx.now() - EVENT_DAYS * DAY_MS;
  const not = params.get('target_guids[not]')?.split(',');
  if (!not && [...params.keys()].some((key) => key.startsWith('target_guids['))) {
    throw badQuery('Target guids target_guids has an invalid operator');
  }
  const others = new URLSearchParams([...params].filter(([key]) => key !== 'target_guids[not]'));
  const rows = acting.store.events
    .by('landscape', acting.caller.landscape)
    .filter((event) => event.createdAt > oldest && sees(acting, event) && !not?.includes(event.target.guid));
  return list(acting, others, {
    path: '/v3/audit_events',
    rules: EVENT_QUERY,
    rows,
    where: {
      types: (event, has) => has(event.type),
      target_guids: (event, has) => has(event.target.guid),
      space_guids: (event, has) => has(event.space),
      organization_guids: (event, has) => has(event.org),
    },
    show: (event) => eventView(acting, event),
    shown: not === undefined ? {} : { 'target_guids[not]': not.join(',') },
  });
}

export function eventOf(acting: Acting, guid: string): CfEvent {
  const event = acting.store.events.get(guid);
  if (event?.landscape !== acting.caller.landscape || !sees(acting, event)) throw notFound('Event');
  return event;
}

export function eventView(acting: Acting, event: CfEvent): Shape {
  return {
    ...head(event),
    type: event.type,
    actor: event.actor,
    target: event.target,
    data: event.data,
    space: toOne(event.space).data,
    organization: toOne(event.org).data,
    links: { self: link(acting, `/v3/audit_events/${event.guid}`) },
  };
}

/** Deletes what is older than 14 days; the landscape's clock decides. */
export function forgetOldEvents({ events }: Pick<CloudControllerStore, 'events'>, now: number): void {
  for (const event of [...events.values()]) {
    // In order of insertion, which is the order of time.
    if (event.createdAt > now - EVENT_DAYS * DAY_MS) return;
    events.delete(event.guid);
  }
}

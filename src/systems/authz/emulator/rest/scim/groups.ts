import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import type { Columns } from '../../../../protocols/uaa-scim/emulator/filter.ts';
import { CORE_SCHEMA, type Kind, type ListQuery, matching } from '../../../../protocols/uaa-scim/emulator/listing.ts';
import type { createCollectionSemantics } from '../../commands/collections.ts';
import { type AuthzStore, keyOf, type ShadowUser } from '../../store.ts';
import type { RoleCollection, ZoneDirectory } from '../../zone/directory.ts';
import type { ShadowUsers } from '../../zone/shadow-users.ts';
import type { RestCaller } from '../access.ts';
import { alreadyExists, invalidResource, refused, resourceNotFound } from './errors.ts';

const sentMember = z.looseObject({
  value: z.string(),
  type: z.string().nullish(),
  origin: z.string().nullish(),
  /** `delete` takes the member away in a PATCH. */
  operation: z.string().nullish(),
});

/** `ScimGroup` as clients send it. */
export const sentGroup = z.looseObject({
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  members: z.array(sentMember).max(5000).nullish(),
});
type SentGroup = z.infer<typeof sentGroup>;

/**
 * Role collections as SCIM groups, with their users as members (btp:d203e2d: this API manages "shadow users and role
 * collections").
 */
export interface ScimGroups {
  list(caller: RestCaller, query: ListQuery): readonly RoleCollection[];
  get(caller: RestCaller, id: string): RoleCollection;
  create(caller: RestCaller, sent: SentGroup): RoleCollection;
  replace(caller: RestCaller, id: string, sent: SentGroup): RoleCollection;
  patch(caller: RestCaller, id: string, sent: SentGroup): RoleCollection;
  remove(caller: RestCaller, id: string): JsonObject;
  view(caller: RestCaller, group: RoleCollection): JsonObject;
}

const ATTRIBUTES: ReadonlySet<string> = new Set(['id', 'displayname', 'description']);

export function createScimGroups(
  store: AuthzStore,
  directory: ZoneDirectory,
  shadows: ShadowUsers,
  collections: ReturnType<typeof createCollectionSemantics>,
): ScimGroups {
  const kindOf = ({ zone }: RestCaller): Kind<RoleCollection> => ({
    columns: ({ name, description }): Columns => ({ id: name, displayname: name, description }),
    attributes: ATTRIBUTES,
    candidates: () => directory.collections(zone),
  });

  const membersOf = ({ zone }: RestCaller, name: string) => store.users.by('collection', keyOf(zone.guid, name));

  function get({ zone }: RestCaller, id: string): RoleCollection {
    const collection = directory.collection(zone, id);
    if (!collection) throw resourceNotFound(`Group ${id} does not exist`);
    return collection;
  }

  function usersOf({ zone }: RestCaller, members: readonly z.infer<typeof sentMember>[]): readonly ShadowUser[] {
    return members.map(({ value, type }) => {
      if (type === 'GROUP') throw invalidResource('Role collections have users as members only.');
      const user = directory.userById(zone.guid, value);
      if (!user) throw invalidResource(`Invalid group member: ${value}`);
      return user;
    });
  }

  function assign(caller: RestCaller, name: string, users: readonly ShadowUser[], held: boolean): void {
    for (const { id, zone } of users) {
      // As it is by now: a user may be named twice.
      const user = directory.userById(zone, id);
      if (!user) continue;
      const others = user.roleCollections.filter((one) => one !== name);
      const wanted = held ? [...new Set([...user.roleCollections, name])] : others;
      shadows.assign(user, wanted, caller.call({}).caller.user);
    }
  }

  function describe(caller: RestCaller, group: RoleCollection, { displayName, description }: SentGroup): void {
    if (displayName && displayName !== group.name) throw refused('The name of a role collection cannot be changed.');
    if (description == null || description === group.description) return;
    const answer = collections.update(caller.call({ roleCollectionName: group.name, description }));
    if (answer.status >= 400) throw refused(`Role collection '${group.name}' is read-only.`);
  }

  const groups: ScimGroups = {
    list: (caller, query) => matching(kindOf(caller), query),
    get,
    create(caller, sent) {
      const name = sent.displayName?.trim();
      if (!name) throw invalidResource('A displayName must be provided.');
      if (directory.collection(caller.zone, name)) {
        throw alreadyExists(`A group with displayName: ${name} already exists.`);
      }
      const members = usersOf(caller, sent.members ?? []);
      collections.create(caller.call({ roleCollectionName: name, description: sent.description ?? '' }));
      assign(caller, name, members, true);
      return get(caller, name);
    },
    replace(caller, id, sent) {
      const group = get(caller, id);
      const wanted = usersOf(caller, sent.members ?? []);
      describe(caller, group, sent);
      const kept = new Set(wanted.map((user) => user.id));
      const gone = membersOf(caller, group.name).filter((user) => !kept.has(user.id));
      assign(caller, group.name, gone, false);
      assign(caller, group.name, wanted, true);
      return get(caller, id);
    },
    patch(caller, id, sent) {
      const group = get(caller, id);
      const members = sent.members ?? [];
      const gone = usersOf(
        caller,
        members.filter(({ operation }) => operation?.toLowerCase() === 'delete'),
      );
      const come = usersOf(
        caller,
        members.filter(({ operation }) => operation?.toLowerCase() !== 'delete'),
      );
      describe(caller, group, sent);
      assign(caller, group.name, gone, false);
      assign(caller, group.name, come, true);
      return get(caller, id);
    },
    remove(caller, id) {
      const shown = groups.view(caller, get(caller, id));
      const answer = collections.delete(caller.call({ roleCollectionName: id }));
      if (answer.status >= 400) throw refused(`Role collection '${id}' is read-only.`);
      return shown;
    },
    view(caller, { name, description }) {
      const members = membersOf(caller, name);
      return {
        id: name,
        meta: { version: 0 },
        displayName: name,
        zoneId: caller.zone.guid,
        description,
        members: members.map(({ id, originKey }) => ({ origin: originKey, type: 'USER', value: id })),
        schemas: [CORE_SCHEMA],
      };
    },
  };
  return groups;
}

import { z } from 'zod';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { DEFAULT_ORIGIN_KEY } from '../../../../protocols/btp-cli/wire.ts';
import { anchors, type Columns, type Filter } from '../../../../protocols/uaa-scim/emulator/filter.ts';
import { CORE_SCHEMA, type Kind, type ListQuery, matching } from '../../../../protocols/uaa-scim/emulator/listing.ts';
import { type AuthzStore, keyOf, type ShadowUser } from '../../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../../zone/directory.ts';
import type { ShadowUsers } from '../../zone/shadow-users.ts';
import type { RestCaller } from '../access.ts';
import { alreadyExists, invalidResource, resourceNotFound, wrongVersion } from './errors.ts';

const optionalText = z.string().nullish();

/** `ScimUser` as clients send it. */
export const sentUser = z.looseObject({
  externalId: optionalText,
  userName: optionalText,
  name: z.looseObject({ givenName: optionalText, familyName: optionalText }).nullish(),
  emails: z.array(z.looseObject({ value: optionalText })).nullish(),
  active: z.boolean().nullish(),
  origin: optionalText,
});
type SentUser = z.infer<typeof sentUser>;

/** Shadow users of a zone by SCIM 1, as UAA has it. */
export interface ScimUsers {
  list(caller: RestCaller, query: ListQuery): readonly ShadowUser[];
  get(caller: RestCaller, id: string): ShadowUser;
  create(caller: RestCaller, sent: SentUser): ShadowUser;
  /** @param version the one that the client knows; undefined = any */
  replace(caller: RestCaller, id: string, sent: SentUser, version: number | undefined): ShadowUser;
  /** What is not sent stays. */
  patch(caller: RestCaller, id: string, sent: SentUser, version: number | undefined): ShadowUser;
  remove(caller: RestCaller, id: string): ShadowUser;
}

const INDEXED: ReadonlySet<string> = new Set(['id', 'username', 'email', 'emails.value']);

export function createScimUsers(
  ctx: Pick<EmulatorContext, 'now'>,
  store: AuthzStore,
  directory: ZoneDirectory,
  shadows: ShadowUsers,
): ScimUsers {
  const kindOf = (zone: string): Kind<ShadowUser> => ({
    columns: columnsOf,
    attributes: ATTRIBUTES,
    candidates(filter: Filter | undefined) {
      const known = filter && anchors(filter, INDEXED);
      if (!known) return store.users.by('zone', zone);
      const found = known.flatMap(({ attribute, value }) => {
        if (attribute === 'id') return store.users.by('id', keyOf(zone, value));
        const index = attribute === 'username' ? 'zoneAndName' : 'zoneAndEmail';
        return store.users.by(index, keyOf(zone, value.toLowerCase()));
      });
      return [...new Set(found)];
    },
  });

  function get({ zone }: RestCaller, id: string): ShadowUser {
    const user = directory.userById(zone.guid, id);
    if (!user) throw resourceNotFound(`User ${id} does not exist`);
    return user;
  }

  function change(caller: RestCaller, id: string, version: number | undefined, by: (user: ShadowUser) => ShadowUser) {
    const before = get(caller, id);
    if (version !== undefined && version !== before.version) {
      throw wrongVersion(
        `Attempt to update a user (${id}) with wrong version: expected=${before.version} but found=${version}`,
      );
    }
    const after = { ...by(before), version: before.version + 1, modifiedAt: ctx.now() };
    if (after.userName.toLowerCase() !== before.userName.toLowerCase()) {
      const taken = directory.user(caller.zone.guid, before.originKey, after.userName);
      if (taken) throw alreadyExists(`Username already in use: ${after.userName}`, { user_id: taken.id });
    }
    return shadows.replace(before, after);
  }

  return {
    list: ({ zone }, query) => matching(kindOf(zone.guid), query),
    get,
    create(caller, sent) {
      const { zone } = caller;
      const originKey = canonicalOrigin(sent.origin || DEFAULT_ORIGIN_KEY);
      const { userName, email } = validated(sent);
      // assumed: UAA itself takes any origin unless it is configured to look.
      if (!directory.provider(zone.guid, originKey)) {
        throw invalidResource(`Invalid origin ${originKey} in Identity Zone ${zone.guid}`);
      }
      const taken = directory.user(zone.guid, originKey, userName);
      if (taken) {
        const extra = { user_id: taken.id, origin: originKey };
        throw alreadyExists(`Username already in use: ${userName}`, extra);
      }
      const user = shadows.ensure(
        zone.guid,
        {
          userName,
          email,
          originKey,
          givenName: sent.name?.givenName ?? undefined,
          familyName: sent.name?.familyName ?? undefined,
          externalId: sent.externalId ?? undefined,
        },
        caller.call({}).caller.user,
      );
      return sent.active === false ? shadows.replace(user, { ...user, active: false }) : user;
    },
    replace: (caller, id, sent, version) =>
      change(caller, id, version, (before) => {
        const { userName, email } = validated(sent);
        refuseMove(before, sent);
        const { givenName: _given, familyName: _family, externalId: _external, active: _active, ...rest } = before;
        return { ...rest, ...attributesOf(sent), userName, email };
      }),
    patch: (caller, id, sent, version) =>
      change(caller, id, version, (before) => {
        refuseMove(before, sent);
        return {
          ...before,
          ...attributesOf(sent),
          userName: sent.userName || before.userName,
          email: sent.emails?.[0]?.value || before.email,
        };
      }),
    remove(caller, id) {
      const user = get(caller, id);
      shadows.remove(user, caller.call({}).caller.user);
      return user;
    },
  };
}

/** UAA ScimUtils.validate. */
function validated({ userName, emails }: SentUser): { readonly userName: string; readonly email: string } {
  if (!userName?.trim()) throw invalidResource('A username must be provided.');
  const [email, ...others] = emails ?? [];
  if (email === undefined || others.length > 0) throw invalidResource('Exactly one email must be provided.');
  if (!email.value) throw invalidResource('An email must be provided.');
  return { userName, email: email.value };
}

function refuseMove(before: ShadowUser, { origin }: SentUser): void {
  if (origin && canonicalOrigin(origin) !== before.originKey) {
    throw invalidResource("Cannot change user's origin in update operation.");
  }
}

function attributesOf({ name, externalId, active }: SentUser): Partial<ShadowUser> {
  return {
    ...(name?.givenName ? { givenName: name.givenName } : {}),
    ...(name?.familyName ? { familyName: name.familyName } : {}),
    ...(externalId ? { externalId } : {}),
    ...(active == null ? {} : { active }),
  };
}

function columnsOf(user: ShadowUser): Columns {
  const { id, userName, email, givenName, familyName, createdAt, modifiedAt, version, originKey } = user;
  return {
    id,
    username: userName,
    email,
    'emails.value': email,
    givenname: givenName,
    'name.givenname': givenName,
    familyname: familyName,
    'name.familyname': familyName,
    origin: originKey,
    active: user.active ?? true,
    verified: false,
    externalid: user.externalId,
    version,
    'meta.version': version,
    created: createdAt,
    'meta.created': createdAt,
    lastmodified: modifiedAt,
    'meta.lastmodified': modifiedAt,
    lastlogontime: user.lastLogonAt,
    previouslogontime: user.previousLogonAt,
  };
}

const ATTRIBUTES: ReadonlySet<string> = new Set(
  'id username email emails.value givenname name.givenname familyname name.familyname origin active verified externalid version meta.version created meta.created lastmodified meta.lastmodified lastlogontime previouslogontime'.split(
    ' ',
  ),
);

/** `ScimUser`; role collections are its groups. */
export function scimUserView(user: ShadowUser): JsonObject {
  const { givenName, familyName, externalId, lastLogonAt, previousLogonAt } = user;
  return {
    id: user.id,
    ...(externalId === undefined ? {} : { externalId }),
    meta: { version: user.version, created: iso(user.createdAt), lastModified: iso(user.modifiedAt) },
    userName: user.userName,
    name: { ...(familyName === undefined ? {} : { familyName }), ...(givenName === undefined ? {} : { givenName }) },
    emails: [{ value: user.email, primary: false }],
    // assumed: the id of a role collection is its name.
    groups: user.roleCollections.map((name) => ({ value: name, display: name, type: 'DIRECT' })),
    approvals: [],
    active: user.active ?? true,
    verified: false,
    origin: user.originKey,
    zoneId: user.zone,
    passwordLastModified: iso(user.createdAt),
    ...(previousLogonAt === undefined ? {} : { previousLogonTime: previousLogonAt }),
    ...(lastLogonAt === undefined ? {} : { lastLogonTime: lastLogonAt }),
    schemas: [CORE_SCHEMA],
  };
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

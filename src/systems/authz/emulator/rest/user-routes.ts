import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { noSuchUser } from '../commands/errors.ts';
import type { createUserSemantics } from '../commands/users.ts';
import { userView } from '../commands/views.ts';
import { type AuthzStore, keyOf, type ShadowUser } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import type { ShadowUsers } from '../zone/shadow-users.ts';
import type { RestCaller } from './access.ts';
import { badRequest, bodyOf, type Call, flag, notFound, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

/** `XSUser` as it is sent; what else it may have is for reading. */
const sentUser = z.looseObject({
  id: z.string().optional(),
  username: z.string().min(1),
  email: z.string().optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  origin: z.string().default('sap.default'),
  externalId: z.string().optional(),
  roleCollections: z.array(z.string()).optional(),
});
type SentUser = z.infer<typeof sentUser>;

export interface UserRouteParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly shadows: ShadowUsers;
  readonly users: ReturnType<typeof createUserSemantics>;
}

/** `/sap/rest/user`: shadow users and their assignments (Crossplane's OpenAPI of XSUAA). */
export function userRoutes(
  { reading, writing }: Guard,
  { store, directory, shadows, users }: UserRouteParts,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  function checked({ zone }: RestCaller, sent: SentUser): SentUser {
    if (!directory.provider(zone.guid, sent.origin)) throw badRequest(`Origin '${sent.origin}' does not exist.`);
    const unknown = sent.roleCollections?.find((name) => !directory.collection(zone, name));
    if (unknown !== undefined) throw notFound(`Role collection '${unknown}' does not exist.`);
    return sent;
  }

  function create(caller: RestCaller, sent: SentUser): ShadowUser {
    const { username: userName, email, givenName, familyName, externalId } = checked(caller, sent);
    const { zone } = caller;
    const by = caller.call({}).caller.user;
    const originKey = canonicalOrigin(sent.origin);
    // assumed: who is there already is given back as it is.
    const person = { userName, email: email ?? userName, originKey, givenName, familyName, externalId };
    const user = shadows.ensure(zone.guid, person, by);
    return shadows.assign(user, [...new Set([...user.roleCollections, ...(sent.roleCollections ?? [])])], by);
  }

  function update(caller: RestCaller, sent: SentUser, onlyRoleCollections: boolean): ShadowUser {
    const { zone } = caller;
    const known = directory.user(zone.guid, sent.origin, checked(caller, sent).username);
    if (!known) throw notFound(`No such user: ${sent.username}`);
    const { email = known.email, givenName, familyName } = sent;
    const named = {
      ...known,
      email,
      ...(givenName === undefined ? {} : { givenName }),
      ...(familyName === undefined ? {} : { familyName }),
    };
    const user = onlyRoleCollections ? known : shadows.replace(known, named);
    return shadows.assign(user, sent.roleCollections ?? user.roleCollections, caller.call({}).caller.user);
  }

  app.post(
    '/sap/rest/user',
    writing(async (c, caller) => c.json(restUserView(create(caller, await bodyOf(c, sentUser))))),
  );
  app.put(
    '/sap/rest/user',
    writing(async (c, caller) =>
      c.json(restUserView(update(caller, await bodyOf(c, sentUser), flag(c.req.query('onlyRoleCollections'))))),
    ),
  );
  app.post(
    '/sap/rest/user/bulk',
    writing(async (c, caller) => {
      const sent = await bodyOf(c, z.array(sentUser).max(500));
      for (const one of sent) checked(caller, one);
      return c.json(sent.map((one) => restUserView(create(caller, one))));
    }),
  );

  const byId = (c: Call, { zone }: RestCaller) => directory.userById(zone.guid, c.req.param('id') ?? '');
  app.get(
    '/sap/rest/user/id/:id',
    reading((c, caller) => {
      const user = byId(c, caller);
      return user ? c.json(restUserView(user)) : restAnswer(c, noSuchUser(c.req.param('id') ?? ''));
    }),
  );
  app.delete(
    '/sap/rest/user/id/:id',
    writing((c, caller) => {
      const user = byId(c, caller);
      if (!user) return restAnswer(c, noSuchUser(c.req.param('id') ?? ''));
      shadows.remove(user, caller.call({}).caller.user);
      return c.json(restUserView(user));
    }),
  );

  app.get(
    '/sap/rest/user/origin',
    reading((c, { zone }) => c.json([...new Set(store.users.by('zone', zone.guid).map(({ originKey }) => originKey))])),
  );
  app.get(
    '/sap/rest/user/origin/:origin/name',
    reading((c, { zone, call }) => {
      const origin = c.req.param('origin') ?? '';
      if (!directory.provider(zone.guid, origin)) return restAnswer(c, users.list(call({ origin })));
      const filter = (c.req.query('filter') ?? '').toLowerCase();
      const found = store.users
        .by('zoneAndOrigin', keyOf(zone.guid, canonicalOrigin(origin)))
        // assumed: a part of the name.
        .filter(({ userName }) => userName.toLowerCase().includes(filter))
        .sort((a, b) => a.userName.localeCompare(b.userName));
      return c.json(flag(c.req.query('details')) ? found.map(restUserView) : found.map(({ userName }) => userName));
    }),
  );

  const named = (c: Call) => ({ origin: c.req.param('origin'), userName: c.req.param('name') });
  app.get(
    '/sap/rest/user/origin/:origin/name/:name',
    reading((c, { zone, call }) => {
      const user = directory.user(zone.guid, c.req.param('origin') ?? '', c.req.param('name') ?? '');
      return user ? c.json(restUserView(user)) : restAnswer(c, users.get(call(named(c))));
    }),
  );
  app.delete(
    '/sap/rest/user/origin/:origin/name/:name',
    writing((c, { call }) => restAnswer(c, users.delete(call(named(c))))),
  );
  const assignment = '/sap/rest/user/origin/:origin/name/:name/rolecollections/:collection';
  const assigned = (c: Call) => ({ ...named(c), roleCollectionName: c.req.param('collection') });
  app.put(
    assignment,
    writing((c, { call }) => {
      const createUserIfMissing = c.req.query('createUserIfMissing');
      return restAnswer(c, users.assign(call({ ...assigned(c), createUserIfMissing })));
    }),
  );
  app.delete(
    assignment,
    writing((c, { call }) => restAnswer(c, users.unassign(call(assigned(c))))),
  );
  return app;
}

/** `XSUser`; times of logons are epoch milliseconds (notes §5.2, btp:eb70f16). */
function restUserView(user: ShadowUser): object {
  return {
    ...userView(user),
    ...(user.externalId === undefined ? {} : { externalId: user.externalId }),
    ...(user.lastLogonAt === undefined ? {} : { lastLogonTime: user.lastLogonAt }),
    ...(user.previousLogonAt === undefined ? {} : { previousLogonTime: user.previousLogonAt }),
  };
}

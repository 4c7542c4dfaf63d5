import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, requireScopeInZone } from '../callers.ts';
import { accessDenied, Unhandled } from '../errors.ts';
import {
  answering,
  type Call,
  callerAt,
  JSON_VIEW,
  jsonOf,
  pathPart,
  queryOf,
  type UaaOf,
  uaaAt,
} from '../requests.ts';
import type { UaaGroup, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { changePassword, changeStatus, verificationLink, verifyUser } from './accounts.ts';
import { parsed } from './bodies.ts';
import { createMapping, deleteMapping, listMappings } from './external-groups.ts';
import { groupAt, groupDocument, memberDocument } from './group-document.ts';
import { createGroup, deleteGroup, listGroups, patchGroup, readGroup, replaceGroup } from './groups.ts';
import { addMember, deleteMember, listMembers, memberAt, readMember } from './members.ts';
import { BARE, FULL, readUser as readUserBody, userDocument } from './user-document.ts';
import { listUserIds, listUsers } from './user-lists.ts';
import { createUser, deleteUser, patchUser, readUser, replaceUser } from './users.ts';

const passwordChange = z.looseObject({ oldPassword: z.string().nullish(), password: z.string().nullish() });
const accountStatus = z.looseObject({
  locked: z.boolean().nullish(),
  passwordChangeRequired: z.boolean().nullish(),
});

type Act = (uaa: Uaa, caller: Caller, c: Call) => Promise<Response> | Response;

/** Users, groups and their mappings (UAA ScimUserEndpoints, ScimGroupEndpoints). */
export function scimRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const by = (act: Act) =>
    answering(async (c) => {
      // Who calls is looked at before anything else.
      const caller = await callerAt(uaaOf, c);
      return act(uaaAt(uaaOf, c), caller, c);
    });
  const id = (c: Call) => pathPart(c, 'id');
  const ifMatch = (c: Call) => c.req.header('if-match');
  const user = (c: Call, uaa: Uaa, row: UaaUser, status: 200 | 201 = 200) =>
    c.json(userDocument(uaa, row, FULL), status, { etag: `"${row.version}"` });
  const group = (c: Call, uaa: Uaa, row: UaaGroup, status: 200 | 201 = 200) =>
    c.json(groupDocument(uaa, row), status, { etag: `"${row.version}"` });
  const deleted = (c: Call, document: JsonObject) => {
    const meta = document.meta as { version?: number } | undefined;
    return c.json(document, 200, meta?.version === undefined ? {} : { etag: `"${meta.version}"` });
  };

  app.get(
    '/Users',
    by((uaa, caller, c) => c.json(listUsers(uaa, caller, queryOf(c)))),
  );
  app.post(
    '/Users',
    by(async (uaa, caller, c) => {
      const sent = readUserBody(await jsonOf(c));
      return user(c, uaa, await createUser(uaa, caller, sent), 201);
    }),
  );
  app.get(
    '/Users/:id',
    by((uaa, caller, c) => user(c, uaa, readUser(uaa, caller, id(c)))),
  );
  app.put(
    '/Users/:id',
    by(async (uaa, caller, c) =>
      user(c, uaa, replaceUser(uaa, caller, id(c), readUserBody(await jsonOf(c)), ifMatch(c))),
    ),
  );
  app.patch(
    '/Users/:id',
    by(async (uaa, caller, c) =>
      user(c, uaa, patchUser(uaa, caller, id(c), readUserBody(await jsonOf(c)), ifMatch(c))),
    ),
  );
  app.delete(
    '/Users/:id',
    by((uaa, caller, c) => deleted(c, deleteUser(uaa, caller, id(c), ifMatch(c)))),
  );
  app.put(
    '/Users/:id/password',
    by(async (uaa, caller, c) =>
      c.json(await changePassword(uaa, caller, id(c), parsed(passwordChange, await jsonOf(c)))),
    ),
  );
  app.patch(
    '/Users/:id/status',
    by(async (uaa, caller, c) =>
      c.json(changeStatus(uaa, caller, id(c), parsed(accountStatus, await jsonOf(c))), 200, {
        ...JSON_VIEW,
        'cache-control': 'no-store',
      }),
    ),
  );
  app.get(
    '/Users/:id/verify',
    by((uaa, caller, c) => {
      const row = verifyUser(uaa, caller, id(c), ifMatch(c));
      return c.json(userDocument(uaa, row, BARE), 200, { etag: `"${row.version}"` });
    }),
  );
  app.get(
    '/Users/:id/verify-link',
    by((uaa, caller, c) => {
      const query = queryOf(c);
      const asked = {
        clientId: query.get('client_id') ?? undefined,
        redirectUri: query.get('redirect_uri') ?? undefined,
        origin: new URL(c.req.url).origin,
      };
      return c.json(verificationLink(uaa, caller, id(c), asked));
    }),
  );

  const external = '/Groups/External';
  app.get(
    external,
    by((uaa, caller, c) => c.json(listMappings(uaa, caller, queryOf(c)))),
  );
  app.get(
    `${external}/list`,
    by((uaa, caller, c) => c.json(listMappings(uaa, caller, queryOf(c)))),
  );
  app.post(
    external,
    by(async (uaa, caller, c) => c.json(createMapping(uaa, caller, await jsonOf(c)), 201)),
  );
  const unmap = (key: 'groupId' | 'displayName') =>
    by((uaa, caller, c) => {
      const of = key === 'groupId' ? { groupId: id(c) } : { displayName: id(c) };
      const origin = c.req.param('origin');
      return c.json(deleteMapping(uaa, caller, of, pathPart(c, 'external'), ...(origin === undefined ? [] : [origin])));
    });
  for (const key of ['groupId', 'displayName'] as const) {
    app.delete(`${external}/${key}/:id/externalGroup/:external`, unmap(key));
    app.delete(`${external}/${key}/:id/externalGroup/:external/origin/:origin`, unmap(key));
  }

  app.get(
    '/Groups',
    by((uaa, caller, c) => c.json(listGroups(uaa, caller, queryOf(c)))),
  );
  app.post(
    '/Groups',
    by(async (uaa, caller, c) => group(c, uaa, createGroup(uaa, caller, readGroup(await jsonOf(c))), 201)),
  );
  app.get(
    '/Groups/:id',
    by((uaa, caller, c) => {
      requireScopeInZone(caller, 'scim.read');
      return group(c, uaa, groupAt(uaa, id(c)));
    }),
  );
  app.put(
    '/Groups/:id',
    by(async (uaa, caller, c) =>
      group(c, uaa, replaceGroup(uaa, caller, id(c), readGroup(await jsonOf(c)), ifMatch(c))),
    ),
  );
  app.patch(
    '/Groups/:id',
    by(async (uaa, caller, c) => group(c, uaa, patchGroup(uaa, caller, id(c), readGroup(await jsonOf(c)), ifMatch(c)))),
  );
  app.delete(
    '/Groups/:id',
    by((uaa, caller, c) => deleted(c, deleteGroup(uaa, caller, id(c), ifMatch(c)))),
  );

  const members = '/Groups/:id/members';
  app.get(
    members,
    by((uaa, caller, c) => c.json(listMembers(uaa, caller, id(c), queryOf(c).get('returnEntities') === 'true'))),
  );
  app.post(
    members,
    by(async (uaa, caller, c) => c.json(addMember(uaa, caller, id(c), readMember(await jsonOf(c))), 201)),
  );
  app.get(
    `${members}/:member`,
    by((uaa, caller, c) => {
      requireScopeInZone(caller, 'scim.read');
      return c.json(memberDocument(memberAt(uaa, id(c), pathPart(c, 'member'))));
    }),
  );
  app.delete(
    `${members}/:member`,
    by((uaa, caller, c) => c.json(deleteMember(uaa, caller, id(c), pathPart(c, 'member')))),
  );

  // Readers may look for anything below a user, but there is no more; of groups only the methods differ (recorded).
  app.get(
    '/Users/:id/*',
    by((_uaa, caller) => {
      requireScopeInZone(caller, 'scim.read');
      throw new Unhandled(404);
    }),
  );
  app.post(
    '/Groups/:id',
    by((_uaa, caller) => {
      requireScopeInZone(caller, 'scim.write', 'groups.update');
      throw new Unhandled(405);
    }),
  );

  // What is not allowed above is denied to everybody (UAA scim-endpoints.xml).
  const denied = by(() => {
    throw accessDenied();
  });
  const listed = by((uaa, caller, c) => c.json(listUserIds(uaa, caller, queryOf(c))));
  app.all('/ids/Users', listed);
  for (const path of ['/Users', '/Users/*', '/Groups', '/Groups/*']) app.all(path, denied);
  return app;
}

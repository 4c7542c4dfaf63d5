import { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { ListQueryError, listQuery, page } from '../../../../protocols/uaa-scim/emulator/listing.ts';
import { bodyOf, type Call } from '../answers.ts';
import type { Guard } from '../guard.ts';
import { refused } from './errors.ts';
import { type ScimGroups, sentGroup } from './groups.ts';
import { type ScimUsers, scimUserView, sentUser } from './users.ts';

/** `/Users` and `/Groups`: shadow users and role collections, as UAA's SCIM 1 has users and groups. */
export function scimRoutes({ reading, writing }: Guard, users: ScimUsers, groups: ScimGroups): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const idOf = (c: Call) => c.req.param('id') ?? '';
  const queryOf = (c: Call, sortBy: string) => listQuery(new URL(c.req.url).searchParams, { sortBy });
  const user = (c: Call, one: Parameters<typeof scimUserView>[0], status: 200 | 201 = 200) =>
    c.json(scimUserView(one), status, { etag: `"${one.version}"` });

  app.get(
    '/Users',
    reading((c, caller) =>
      explained(() => {
        const query = queryOf(c, 'created');
        return c.json(page(users.list(caller, query), query, scimUserView));
      }),
    ),
  );
  app.post(
    '/Users',
    writing(async (c, caller) => user(c, users.create(caller, await bodyOf(c, sentUser)), 201)),
  );
  app.get(
    '/Users/:id',
    reading((c, caller) => user(c, users.get(caller, idOf(c)))),
  );
  app.put(
    '/Users/:id',
    writing(async (c, caller) =>
      user(c, users.replace(caller, idOf(c), await bodyOf(c, sentUser), versionOf(c, 'PUT'))),
    ),
  );
  app.patch(
    '/Users/:id',
    writing(async (c, caller) =>
      user(c, users.patch(caller, idOf(c), await bodyOf(c, sentUser), versionOf(c, 'PATCH'))),
    ),
  );
  app.delete(
    '/Users/:id',
    writing((c, caller) => user(c, users.remove(caller, idOf(c)))),
  );

  app.get(
    '/Groups',
    reading((c, caller) =>
      explained(() => {
        const query = queryOf(c, 'displayName');
        return c.json(page(groups.list(caller, query), query, (one) => groups.view(caller, one)));
      }),
    ),
  );
  app.post(
    '/Groups',
    writing(async (c, caller) => c.json(groups.view(caller, groups.create(caller, await bodyOf(c, sentGroup))), 201)),
  );
  app.get(
    '/Groups/:id',
    reading((c, caller) => c.json(groups.view(caller, groups.get(caller, idOf(c))))),
  );
  app.put(
    '/Groups/:id',
    writing(async (c, caller) => {
      versionOf(c, 'PUT');
      return c.json(groups.view(caller, groups.replace(caller, idOf(c), await bodyOf(c, sentGroup))));
    }),
  );
  app.patch(
    '/Groups/:id',
    writing(async (c, caller) => {
      versionOf(c, 'PATCH');
      return c.json(groups.view(caller, groups.patch(caller, idOf(c), await bodyOf(c, sentGroup))));
    }),
  );
  app.delete(
    '/Groups/:id',
    writing((c, caller) => c.json(groups.remove(caller, idOf(c)))),
  );
  return app;
}

function explained(work: () => Response): Response {
  try {
    return work();
  } catch (error) {
    if (error instanceof ListQueryError) throw refused(error.message);
    throw error;
  }
}

/** Version that `If-Match` names, quoted or not; undefined for `*`. */
function versionOf(c: Call, method: 'PUT' | 'PATCH'): number | undefined {
  const value = c.req
    .header('if-match')
    ?.trim()
    .replace(/^"+|"+$/g, '');
  if (value === undefined) throw refused(`Missing If-Match for ${method}`);
  if (value === '*') return undefined;
  if (!/^-?\d{1,9}$/.test(value)) {
    throw refused(`Invalid version match header (should be a version number): ${value.slice(0, 100)}`);
  }
  return Number(value);
}

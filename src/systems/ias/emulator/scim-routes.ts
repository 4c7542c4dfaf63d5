import { Hono, type Context as HonoContext } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { isObject, safeDocument } from '../../protocols/scim/emulator/document.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import { parseFilter } from '../../protocols/scim/emulator/filter.ts';
import { listPage, pageRequest } from '../../protocols/scim/emulator/list.ts';
import { project } from '../../protocols/scim/emulator/projection.ts';
import { patchRequest, SCIM_MEDIA_TYPE } from '../../protocols/scim/wire.ts';
import { MESSAGE_CODE_HEADER } from '../wire.ts';
import { recordChange, recordGroupChange, recordUserChange } from './change-log.ts';
import { createGroup, deleteGroup, findGroups, groupById, patchGroup, renderGroup, replaceGroup } from './groups.ts';
import { tenantOf } from './hosts.ts';
import { idsHeaders } from './ids-headers.ts';
import { mayDo, type Operation, type Principal } from './permissions.ts';
import type { Actor } from './rows/log-entries.ts';
import { resourceTypes, serviceProviderConfig } from './schemas.ts';
import { authenticatePrincipal } from './scim-access.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';
import { createSchema, deleteSchema, renderSchema, schemasOf, scimOptions } from './tenant-schemas.ts';
import { namesOf } from './user-names.ts';
import {
  blockedUserById,
  createUser,
  deleteUser,
  findUsers,
  patchedDocument,
  renderUser,
  replaceUser,
  userById,
} from './users.ts';

type Call = HonoContext<HostEnv>;

/**
 * `/scim` of a tenant (ias 5be5692, 348deef; users, groups and schemas were recorded by
 * SAP/terraform-provider-sap-cloud-identity-services).
 */
export function scimRoutes(services: Services): Hono<HostEnv> {
  const { store } = services;
  const app = new Hono<HostEnv>({ strict: false });
  const scim =
    (
      operation: Operation | undefined,
      act: (c: Call, tenant: Tenant, actor: Actor, principal: Principal) => Promise<Response> | Response,
    ): ((c: Call) => Promise<Response>) =>
    async (c) => {
      const tenant = tenantOf(services, c);
      // The SAP ID service offers no SCIM to customers.
      if (tenant.kind === 'sap-id') return failure(services, new ScimError(404, 'Not found'));
      try {
        if (!(await services.scimLimit.admit(tenant.id))) throw new ScimError(429, 'Too many requests');
        const principal = await authenticatePrincipal(services, tenant, c.req.raw);
        if (!principal) throw new ScimError(401, 'Unauthorized');
        const needed = operation && c.req.query('blocked') === 'true' ? 'see blocked users' : operation;
        if (needed !== undefined && !mayDo(principal, needed)) throw new ScimError(403, 'Forbidden');
        return await act(c, tenant, principal.actor, principal);
      } catch (error) {
        if (error instanceof ScimError) return failure(services, error);
        throw error;
      }
    };
  const answer = (status: 200 | 201, body: JsonObject, headers: Readonly<Record<string, string>> = {}) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': SCIM_MEDIA_TYPE, ...idsHeaders(services), ...headers },
    });
  const one = (status: 200 | 201, c: Call, body: JsonObject, version: string) => {
    const { location } = body.meta as { location: string };
    const headers = { etag: `"${version}"`, location };
    return answer(status, project(body, c.req.query('attributes'), scimOptions(store, tenantOf(services, c))), headers);
  };
  /** That a version which is another one by now is refused is assumed: SAP's Identity Provisioning can send `*` alone (ias d6f3577). */
  const matching = <T extends { readonly version: string }>(c: Call, stored: T): T => {
    const wanted = c.req.header('if-match');
    if (wanted === undefined || wanted === '*' || !services.ctx.switched('ias.ifMatch', true)) return stored;
    if (wanted.replace(/^W\//, '') === `"${stored.version}"`) return stored;
    throw new ScimError(412, 'The resource has another version');
  };
  const nothing = () => new Response(null, { status: 204, headers: idsHeaders(services) });
  const list = <T extends { readonly id: string }>(c: Call, found: readonly T[], render: (item: T) => JsonObject) => {
    const page = pageRequest(new URL(c.req.url).searchParams);
    const options = scimOptions(store, tenantOf(services, c));
    return answer(
      200,
      listPage(found, page, (item) => project(render(item), c.req.query('attributes'), options)),
    );
  };
  const filterOf = (c: Call) => {
    const filter = c.req.query('filter');
    return filter === undefined ? undefined : parseFilter(filter, scimOptions(store, tenantOf(services, c)));
  };

  app.get(
    '/scim/Users',
    scim('read users', (c, tenant) =>
      list(c, findUsers(store, tenant, filterOf(c)), (user) => renderUser(store, tenant, user, true)),
    ),
  );
  app.post(
    '/scim/Users',
    scim('create users', async (c, tenant, actor) => {
      const user = await createUser(services, tenant, await documentOf(c.req.raw));
      recordUserChange(services, tenant, actor, undefined, user);
      return one(201, c, renderUser(store, tenant, user), user.version);
    }),
  );
  app.get(
    '/scim/Users/:id',
    scim('read users', (c, tenant) => {
      const blocked = c.req.query('blocked') === 'true';
      const user = blocked ? blockedUserById(store, tenant, idOf(c)) : userById(store, tenant, idOf(c));
      return one(200, c, renderUser(store, tenant, user), user.version);
    }),
  );
  app.put(
    '/scim/Users/:id',
    scim('change users', async (c, tenant, actor, principal) => {
      const user = matching(c, userById(store, tenant, idOf(c)));
      const document = await documentOf(c.req.raw);
      guardAdministrators(services, tenant, principal, user, document);
      const replaced = await replaceUser(services, tenant, user, document);
      recordUserChange(services, tenant, actor, user, replaced);
      return one(200, c, renderUser(store, tenant, replaced), replaced.version);
    }),
  );
  app.patch(
    '/scim/Users/:id',
    scim('change users', async (c, tenant, actor, principal) => {
      const user = matching(c, userById(store, tenant, idOf(c)));
      const document = patchedDocument(services, tenant, user, await operationsOf(c.req.raw));
      guardAdministrators(services, tenant, principal, user, document);
      const patched = await replaceUser(services, tenant, user, document);
      recordUserChange(services, tenant, actor, user, patched);
      return nothing();
    }),
  );
  app.delete(
    '/scim/Users/:id',
    scim('delete users', (c, tenant, actor) => {
      const user = matching(c, userById(store, tenant, idOf(c)));
      deleteUser(services, tenant, user);
      recordUserChange(services, tenant, actor, user, undefined);
      return nothing();
    }),
  );

  app.get(
    '/scim/Groups',
    scim('read groups', (c, tenant) =>
      list(c, findGroups(store, tenant, filterOf(c)), (group) => renderGroup(tenant, group)),
    ),
  );
  app.post(
    '/scim/Groups',
    scim('create groups', async (c, tenant, actor) => {
      const group = createGroup(services, tenant, await documentOf(c.req.raw));
      recordGroupChange(services, tenant, actor, undefined, group);
      return one(201, c, renderGroup(tenant, group), group.version);
    }),
  );
  app.get(
    '/scim/Groups/:id',
    scim('read groups', (c, tenant) => {
      const group = groupById(store, tenant, idOf(c));
      return one(200, c, renderGroup(tenant, group), group.version);
    }),
  );
  app.put(
    '/scim/Groups/:id',
    scim('change groups', async (c, tenant, actor) => {
      const group = matching(c, groupById(store, tenant, idOf(c)));
      const replaced = replaceGroup(services, tenant, group, await documentOf(c.req.raw));
      recordGroupChange(services, tenant, actor, group, replaced);
      return one(200, c, renderGroup(tenant, replaced), replaced.version);
    }),
  );
  app.patch(
    '/scim/Groups/:id',
    scim('change groups', async (c, tenant, actor) => {
      const group = matching(c, groupById(store, tenant, idOf(c)));
      const patched = patchGroup(services, tenant, group, await operationsOf(c.req.raw));
      recordGroupChange(services, tenant, actor, group, patched);
      return nothing();
    }),
  );
  app.delete(
    '/scim/Groups/:id',
    scim('delete groups', (c, tenant, actor) => {
      const group = matching(c, groupById(store, tenant, idOf(c)));
      deleteGroup(services, tenant, group);
      recordGroupChange(services, tenant, actor, group, undefined);
      return nothing();
    }),
  );

  app.get(
    '/scim/ServiceProviderConfig',
    scim(undefined, (_c, tenant) => answer(200, serviceProviderConfig(tenant.host))),
  );
  app.get(
    '/scim/ResourceTypes',
    scim(undefined, (c, tenant) => list(c, resourceTypes(tenant.host), (type) => type)),
  );
  app.get(
    '/scim/Schemas',
    scim(undefined, (c, tenant) => list(c, schemasOf(store, tenant), (schema) => schema)),
  );
  app.post(
    '/scim/Schemas',
    scim('create schemas', async (c, tenant, actor) => {
      const schema = createSchema(services, tenant, await documentOf(c.req.raw));
      const body = renderSchema(tenant, schema);
      recordChange(services, tenant, actor, { type: 'schema', id: schema.id, name: schema.name, after: body });
      return one(201, c, body, schema.version);
    }),
  );
  app.get(
    '/scim/Schemas/:id',
    scim(undefined, (c, tenant) => {
      const schema = schemasOf(store, tenant).find((known) => known.id === idOf(c));
      if (!schema) throw new ScimError(404, `Schema ${idOf(c)} not found`);
      return answer(200, schema);
    }),
  );
  app.delete(
    '/scim/Schemas/:id',
    scim('delete schemas', (c, tenant, actor) => {
      deleteSchema(services, tenant, idOf(c));
      recordChange(services, tenant, actor, { type: 'schema', id: idOf(c), name: idOf(c), before: {} });
      return nothing();
    }),
  );
  return app;
}

/** E-mail and password of an administrator in person need Manage Tenant Configuration, too (ias 86ee374; by SCIM assumed). */
function guardAdministrators(
  { store }: Services,
  tenant: Tenant,
  principal: Principal,
  user: StoredUser,
  document: JsonObject,
): void {
  if (!store.humanAdministrators.get(keyIn(tenant.id, user.id)) || mayDo(principal, 'change mails of administrators'))
    return;
  const addresses = (of: JsonObject) => namesOf(of).emails.toSorted().join('\n').toLowerCase();
  if (document.password === undefined && addresses(document) === addresses(user.resource)) return;
  throw new ScimError(403, 'Forbidden');
}

function idOf(c: Call): string {
  return c.req.param('id') ?? '';
}

async function documentOf(request: Request): Promise<JsonObject> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== SCIM_MEDIA_TYPE && type !== 'application/json') throw new ScimError(415, 'Unsupported media type');
  let parsed: unknown;
  try {
    parsed = JSON.parse(await request.text());
  } catch {
    throw new ScimError(400, 'The body is no JSON', 'invalidSyntax');
  }
  const document = safeDocument(parsed);
  if (!isObject(document)) throw new ScimError(400, 'The body is no object', 'invalidSyntax');
  return document;
}

async function operationsOf(request: Request) {
  const parsed = patchRequest.safeParse(await documentOf(request));
  if (!parsed.success) throw new ScimError(400, 'The body is no PatchOp', 'invalidSyntax');
  return parsed.data.Operations.map(({ op, path, value }) => ({ op, path, value }));
}

/** Recorded: a SCIM error body with `X-Message-Code: IDS_EXCEPTION`. */
function failure(services: Services, error: ScimError): Response {
  return new Response(JSON.stringify(error.body()), {
    status: error.status,
    headers: {
      'content-type': SCIM_MEDIA_TYPE,
      [MESSAGE_CODE_HEADER]: 'IDS_EXCEPTION',
      ...idsHeaders(services),
      ...(error.status === 401 ? { 'www-authenticate': 'Basic realm="IDS"' } : {}),
    },
  });
}

import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { applicationsBelow } from '../../applications.ts';
import { unlockClient } from '../../clients.ts';
import type { Services } from '../../services.ts';
import { keyIn, type StoredApplication, type Tenant } from '../../store.ts';
import { patched } from '../patch.ts';
import {
  answer,
  type DirectoryCall,
  DirectoryError,
  directoryCall,
  directoryRoutes,
  documentOf,
  emptyAnswer,
  nameInDocuments,
} from '../rest.ts';
import { applicationDocument } from './document.ts';
import { readApplication } from './reading.ts';
import { secretRoutes } from './secrets.ts';
import { applicationOf, record } from './stored.ts';

/** Applications in one answer (assumed; 22 were recorded in one). */
const PAGE = 100;

/** `/Applications/v1`: the applications of a tenant and their secrets. */
export function applicationsApiRoutes(services: Services): Hono<HostEnv> {
  const operation = 'manage applications';
  const app = directoryRoutes(services, { path: '/Applications/v1', operation }, { list, create, read, patch, remove });
  secretRoutes(app, (act) => directoryCall(services, operation, act));
  return app;
}

function read(call: DirectoryCall): Response {
  return answer(call, applicationDocument(call.services, call.tenant, applicationOf(call)));
}

/** In the order of their creation; the next page by `cursor`, the id of the last one (assumed). */
function list(call: DirectoryCall): Response {
  const { services, tenant, c } = call;
  const all = filtered(call, services.store.applications.by('tenant', tenant.id));
  const cursor = c.req.query('cursor') ?? '';
  const start = cursor === '' ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== '' && start === 0) throw new DirectoryError(400, 'The cursor is not valid.');
  const page = all.slice(start, start + PAGE);
  const next = start + PAGE < all.length ? page.at(-1)?.id : undefined;
  return answer(call, {
    totalResults: all.length,
    itemsPerPage: page.length,
    ...(next === undefined ? {} : { nextCursor: next }),
    applications: page.map((one) => applicationDocument(services, tenant, one)),
  });
}

/**
 * By `clientId eq …` or `name eq …`, without quotes; 404 where there is none (source of kyma-incubator/compass, ias-adapter). The text, and that other
 * filters are refused, is assumed.
 */
function filtered({ c }: DirectoryCall, all: readonly StoredApplication[]): readonly StoredApplication[] {
  const filter = c.req.query('filter');
  if (filter === undefined) return all;
  const [, attribute, value] = /^(clientId|name) eq (.+)$/.exec(filter) ?? [];
  if (attribute !== 'clientId' && attribute !== 'name') throw new DirectoryError(400, 'The filter is not valid.');
  const found = all.filter((one) => one[attribute] === value);
  if (found.length === 0) throw new DirectoryError(404, 'Unable to find applications.');
  return found;
}

async function create(call: DirectoryCall): Promise<Response> {
  const { services, tenant, actor } = call;
  const { ctx, store } = services;
  const { unlock: _nothing, ...read } = readApplication(services, tenant, await documentOf(call), undefined);
  unique(services, tenant, read.name, undefined);
  parentIsThere(services, tenant, read.parent);
  const now = ctx.now();
  const who = nameInDocuments(services, tenant, actor);
  const application: StoredApplication = {
    tenant: tenant.id,
    id: ctx.id(),
    // Not its id (recorded); nobody knows the secret before one is made.
    clientId: ctx.id(),
    clientSecret: Buffer.from(ctx.random(32)).toString('base64url'),
    createdAt: now,
    changedAt: now,
    createdBy: who,
    changedBy: who,
    ...read,
  };
  store.applications.set(keyIn(tenant.id, application.id), application);
  record(call, undefined, application);
  return emptyAnswer(call, `/Applications/v1/${application.id}`);
}

async function patch(call: DirectoryCall): Promise<Response> {
  const { services, tenant, actor } = call;
  const { ctx, store } = services;
  const before = applicationOf(call);
  const document = patched(applicationDocument(services, tenant, before), await documentOf(call));
  const { unlock, ...read } = readApplication(services, tenant, document, before);
  unique(services, tenant, read.name, before.id);
  parentIsThere(services, tenant, read.parent);
  const { parent: _parent, ...rest } = before;
  const after: StoredApplication = {
    ...rest,
    ...read,
    changedAt: ctx.now(),
    changedBy: nameInDocuments(services, tenant, actor),
  };
  store.applications.set(keyIn(tenant.id, before.id), after);
  if (unlock) unlockClient(services, tenant, before.clientId);
  record(call, before, after);
  return emptyAnswer(call);
}

/** That SAP's own and those with others below stay is assumed, as in the console. */
function remove(call: DirectoryCall): Response {
  const { services, tenant } = call;
  const application = applicationOf(call);
  const below = applicationsBelow(services, application);
  if (application.managedBySap === true || below.length > 0) {
    const why = below.length > 0 ? 'has applications below it' : 'is managed by SAP';
    throw new DirectoryError(409, `The application ${why}.`);
  }
  services.store.applications.delete(keyIn(tenant.id, application.id));
  record(call, application, undefined);
  return emptyAnswer(call);
}

/** Names are unique (assumed from the console's display names). */
function unique({ store }: Services, tenant: Tenant, name: string, self: string | undefined): void {
  const taken = store.applications.by('tenant', tenant.id).some((one) => one.name === name && one.id !== self);
  if (taken) throw new DirectoryError(409, `An application with name ${name} exists already.`);
}

function parentIsThere({ store }: Services, tenant: Tenant, parent: string | undefined): void {
  if (parent === undefined || store.applications.get(keyIn(tenant.id, parent))) return;
  throw new DirectoryError(400, 'The application is not valid.', [
    { target: '/parentApplicationId', message: `There is no application ${parent}.` },
  ]);
}

import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { recordChange } from '../../change-log.ts';
import type { CorporateProvider } from '../../oidc/store.ts';
import type { Services } from '../../services.ts';
import { keyIn, type StoredApplication, type Tenant } from '../../store.ts';
import { patched } from '../patch.ts';
import {
  answer,
  type DirectoryCall,
  DirectoryError,
  directoryRoutes,
  documentOf,
  emptyAnswer,
  nameInDocuments,
} from '../rest.ts';
import { providerDocument } from './document.ts';
import { readProvider } from './reading.ts';
import { corporateProvidersOf } from './references.ts';

/** `/IdentityProviders/v1`: the corporate identity providers of a tenant. */
export function identityProvidersApiRoutes(services: Services): Hono<HostEnv> {
  return directoryRoutes(
    services,
    { path: '/IdentityProviders/v1', operation: 'manage corporate identity providers' },
    { list, create, read, patch, remove },
  );
}

function read(call: DirectoryCall): Response {
  return answer(call, providerDocument(call.tenant, providerOf(call)));
}

/** A tenant without one answers 404 (source of Terraform's provider). */
function list(call: DirectoryCall): Response {
  const all = corporateProvidersOf(call.services, call.tenant);
  if (all.length === 0) throw new DirectoryError(404, 'Unable to find identity providers.');
  return answer(call, {
    totalResults: all.length,
    itemsPerPage: all.length,
    identityProviders: all.map((one) => providerDocument(call.tenant, one)),
  });
}

async function create(call: DirectoryCall): Promise<Response> {
  const { services, tenant, actor } = call;
  const id = services.ctx.id();
  const read = await readProvider(services, await documentOf(call), undefined, id);
  unique(services, tenant, read.name, undefined);
  const now = services.ctx.now();
  const createdBy = nameInDocuments(services, tenant, actor);
  const provider = { tenant: tenant.id, id, createdAt: now, changedAt: now, createdBy, passwordGrant: true, ...read };
  keep(services, tenant, provider);
  record(call, undefined, provider);
  return emptyAnswer(call, `/IdentityProviders/v1/${id}`);
}

async function patch(call: DirectoryCall): Promise<Response> {
  const { services, tenant, actor } = call;
  const before = providerOf(call);
  const document = patched(providerDocument(tenant, before), await documentOf(call));
  const read = await readProvider(services, document, before, before.id);
  unique(services, tenant, read.name, before.id);
  const changedBy = nameInDocuments(services, tenant, actor);
  const after = { ...before, ...read, changedAt: services.ctx.now(), changedBy };
  if (after.name !== before.name) {
    services.oidc.corporateProviders.delete(keyIn(tenant.id, before.name));
    for (const application of naming(services, tenant, before.name)) {
      services.store.applications.set(
        keyIn(tenant.id, application.id),
        renamedIn(application, before.name, after.name),
      );
    }
  }
  keep(services, tenant, after);
  record(call, before, after);
  return emptyAnswer(call);
}

/** One that applications name stays (assumed). */
function remove(call: DirectoryCall): Response {
  const { services, tenant } = call;
  const provider = providerOf(call);
  const [application] = naming(services, tenant, provider.name);
  if (application) {
    throw new DirectoryError(409, `The identity provider is used by application ${application.name}.`);
  }
  services.oidc.corporateProviders.delete(keyIn(tenant.id, provider.name));
  record(call, provider, undefined);
  return emptyAnswer(call);
}

function providerOf({ services, tenant, c }: DirectoryCall): CorporateProvider {
  const provider = corporateProvidersOf(services, tenant).find(({ id }) => id === c.req.param('id'));
  if (provider) return provider;
  // As for applications (recorded).
  throw new DirectoryError(404, 'Unable to find identity provider with provided identifier.');
}

function unique(services: Services, tenant: Tenant, name: string, self: string | undefined): void {
  if (!corporateProvidersOf(services, tenant).some((one) => one.name === name && one.id !== self)) return;
  throw new DirectoryError(409, `An identity provider with name ${name} exists already.`);
}

function keep({ oidc }: Services, tenant: Tenant, provider: CorporateProvider): void {
  oidc.corporateProviders.set(keyIn(tenant.id, provider.name), provider);
}

/** Applications whose conditional authentication names a provider. */
function naming({ store }: Services, tenant: Tenant, name: string): readonly StoredApplication[] {
  return store.applications.by('tenant', tenant.id).filter(({ settings }) => {
    const { rules = [], defaultIdentityProvider } = settings?.conditional ?? {};
    return defaultIdentityProvider === name || rules.some((rule) => rule.identityProvider === name);
  });
}

function renamedIn(application: StoredApplication, from: string, to: string): StoredApplication {
  const { rules = [], defaultIdentityProvider: fallback } = application.settings?.conditional ?? {};
  const renamed = rules.map((rule) => (rule.identityProvider === from ? { ...rule, identityProvider: to } : rule));
  const conditional = {
    rules: renamed,
    ...(fallback === undefined ? {} : { defaultIdentityProvider: fallback === from ? to : fallback }),
  };
  return { ...application, settings: { ...application.settings, conditional } };
}

function record(
  { services, tenant, actor }: DirectoryCall,
  before: CorporateProvider | undefined,
  after: CorporateProvider | undefined,
): void {
  const provider = after ?? before;
  if (!provider) return;
  const shown = (one: CorporateProvider | undefined) => {
    if (!one) return undefined;
    // Every change has them.
    const { meta: _times, ...document } = providerDocument(tenant, one);
    return document;
  };
  const { id, name } = provider;
  const change = { before: shown(before), after: shown(after) };
  recordChange(services, tenant, actor, { type: 'identity provider', id, name, ...change });
}

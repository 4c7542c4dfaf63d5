import { Hono } from 'hono';
import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { type HostEnv, matchHost, mount } from '../../../emulation/mount.ts';
import { createTokenVerifier } from '../../protocols/oauth/emulator/token-verifier.ts';
import { createTokenKeys, type TokenKeys } from '../../protocols/oauth/emulator.ts';
import { applicationsBelow, registerApplication } from './applications.ts';
import { forgetOldChanges } from './change-log.ts';
import { consoleRoutes } from './console/routes.ts';
import { applicationsApiRoutes } from './directory-apis/applications/routes.ts';
import { identityProvidersApiRoutes } from './directory-apis/identity-providers/routes.ts';
import { createPasswordHashes } from './hashes.ts';
import { SAP_ID_HOST, TENANT_HOSTS } from './hosts.ts';
import { deleteInactive } from './inactivity.ts';
import { createOAuthLimit, createRateLimit } from './limits.ts';
import { forgetOldLogons } from './logon-log.ts';
import { forgetOldLinks } from './mail/links.ts';
import { mailRoutes } from './mail/routes.ts';
import { authorizeRoutes } from './oidc/authorize-routes.ts';
import { forgetExpired } from './oidc/expiry.ts';
import { logoutRoutes } from './oidc/logout-routes.ts';
import { oidcRoutes } from './oidc/routes.ts';
import { openOidcStore } from './oidc/store.ts';
import { userServiceRoutes } from './oidc/user-services.ts';
import { pageRoutes } from './page-routes.ts';
import { profileRoutes } from './profile/routes.ts';
import { sapIdRoutes } from './sap-id/routes.ts';
import { scimRoutes } from './scim-routes.ts';
import { iasSeed, plant } from './seed.ts';
import type { Services } from './services.ts';
import { endSessions } from './sessions.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { applicationOfClient, openStore, type Tenant } from './store.ts';

/** IAS tenants and the SAP ID service: users, passwords, sign-in, tokens. */
export const iasEmulator: EmulatorDefinition = {
  id: 'ias',
  seed: { key: 'ias', schema: iasSeed },
  create(ctx) {
    const store = openStore(ctx);
    const keys = new Map<string, TokenKeys>();
    const services: Services = {
      ctx,
      store,
      oidc: openOidcStore(ctx),
      hashes: createPasswordHashes(ctx),
      scimLimit: createRateLimit(ctx),
      oauthLimit: createOAuthLimit(ctx),
      verifyForeign: createTokenVerifier(ctx),
      tokenKeys(tenant) {
        const known = keys.get(tenant.id) ?? createTokenKeys(ctx, `ias/${tenant.id}`);
        keys.set(tenant.id, known);
        return known;
      },
    };
    const tenants = (): Tenant[] => [...store.tenants.values()];

    ctx.world.provide('identity', {
      tenants: () =>
        tenants().map(({ id, host, kind, issuer }) => {
          return { id, host, default: kind === 'sap-id', ...(issuer === undefined ? {} : { issuer }) };
        }),
      registerApplication(host, { name, redirectUris }) {
        const tenant = tenants().find((known) => known.host === host);
        if (!tenant) throw new TypeError(`no IAS tenant at ${host}`);
        const { id, clientId, clientSecret } = registerApplication(services, tenant, {
          name,
          managedBySap: true,
          ...(redirectUris ? { redirectUris } : {}),
        });
        return { id, clientId, clientSecret };
      },
      applicationsBelow(host, clientId) {
        const tenant = tenants().find((known) => known.host === host);
        const application = tenant && applicationOfClient(store, tenant.id, clientId);
        return application ? applicationsBelow(services, application).map(({ name }) => name) : [];
      },
    });

    const app = new Hono<HostEnv>({ strict: false });
    for (const routes of [
      scimRoutes(services),
      applicationsApiRoutes(services),
      identityProvidersApiRoutes(services),
      oidcRoutes(services),
      userServiceRoutes(services),
      pageRoutes(),
      signInRoutes(services),
      authorizeRoutes(services),
      logoutRoutes(services),
      profileRoutes(services),
      mailRoutes(services),
      consoleRoutes(services),
      sapIdRoutes(services),
    ])
      app.route('/', routes);
    const hostsOf = (pattern: string) => () =>
      tenants()
        .map((tenant) => tenant.host)
        .filter((host) => matchHost(pattern, host));
    return {
      mounts: [...TENANT_HOSTS, SAP_ID_HOST].map((pattern) => mount(pattern, hostsOf(pattern), app)),
      seed: (part) => plant(services, iasSeed.parse(part)),
      async tick() {
        endSessions(services);
        forgetExpired(services);
        deleteInactive(services);
        forgetOldLinks(services);
        forgetOldChanges(services);
        forgetOldLogons(services);
      },
    };
  },
};

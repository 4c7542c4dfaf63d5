import { Hono } from 'hono';
import type { EmulatorContext, HostMount } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import type { createCollectionSemantics } from '../commands/collections.ts';
import type { createSettingsSemantics } from '../commands/settings.ts';
import type { createUserSemantics } from '../commands/users.ts';
import type { AuthzStore } from '../store.ts';
import { apiHost } from '../xsuaa/addresses.ts';
import type { ZoneDirectory } from '../zone/directory.ts';
import type { ShadowUsers } from '../zone/shadow-users.ts';
import type { RestAccess } from './access.ts';
import { applicationRoutes } from './application-routes.ts';
import { createGuard } from './guard.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { platformProviderRoutes, providerRoutes } from './provider-routes.ts';
import { roleCollectionRoutes } from './role-collection-routes.ts';
import { createScimGroups } from './scim/groups.ts';
import { scimRoutes } from './scim/routes.ts';
import { createScimUsers } from './scim/users.ts';
import { settingsRoutes } from './settings-routes.ts';
import { userRoutes } from './user-routes.ts';

export interface RestParts {
  readonly access: RestAccess;
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly shadows: ShadowUsers;
  readonly users: ReturnType<typeof createUserSemantics>;
  readonly collections: ReturnType<typeof createCollectionSemantics>;
  readonly settings: ReturnType<typeof createSettingsSemantics>;
}

/** XSUAA's REST APIs, on one host per region; the token says which zone is meant. */
export function mountRestApis(ctx: EmulatorContext, parts: RestParts): HostMount {
  const { access, store, directory, shadows, settings } = parts;
  const users = createGuard(access, undefined, { read: 'xs_user.read', write: 'xs_user.write' });
  const authorization = createGuard(access, 'authorization', {
    read: 'xs_authorization.read',
    write: 'xs_authorization.write',
  });
  const idps = { read: 'xs_idp.read', write: 'xs_idp.write' } as const;
  const app = new Hono<HostEnv>();
  for (const routes of [
    scimRoutes(
      createGuard(access, 'scim', { read: 'xs_user.read', write: 'xs_user.write' }),
      createScimUsers(ctx, store, directory, shadows),
      createScimGroups(store, directory, shadows, parts.collections),
    ),
    userRoutes(users, parts),
    roleCollectionRoutes(authorization, parts),
    applicationRoutes(authorization, parts),
    mappingRoutes(authorization, parts),
    settingsRoutes(authorization, directory, settings),
    providerRoutes(ctx, createGuard(access, 'identity-providers', idps)),
    platformProviderRoutes(ctx, createGuard(access, undefined, idps)),
  ]) {
    app.route('/', routes);
  }
  const hosts = () => [
    ...new Set(
      ctx.world
        .use('accounts')
        .zones()
        .map(({ region }) => apiHost(region)),
    ),
  ];
  return mount(apiHost('{region}'), hosts, app);
}

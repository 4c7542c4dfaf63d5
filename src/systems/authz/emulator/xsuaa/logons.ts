import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { recordSecurityEvent } from '../../../protocols/audit/emulator.ts';
import { type AuthzStore, keyOf, type ShadowUser } from '../store.ts';
import type { ZoneDirectory } from '../zone/directory.ts';
import type { ShadowUsers } from '../zone/shadow-users.ts';
import { badCredentials, notPreCreated, OAuthError } from './errors.ts';
import type { ExternalUser } from './external-logins.ts';

/** Logons of users at a zone: they find or make the shadow user, and the audit log tells of them. */
export interface Logons {
  /** Runs an authentication at an identity provider, and records when it is refused. */
  attempt<T>(zone: Zone, provider: TrustedIdentityProvider, userName: string, work: () => Promise<T>): Promise<T>;
  /** The shadow user of whom an identity provider has authenticated. @throws OAuthError when nobody may be created (A21) */
  logOn(zone: Zone, provider: TrustedIdentityProvider, external: ExternalUser): ShadowUser;
}

export function createLogons(
  ctx: EmulatorContext,
  store: AuthzStore,
  directory: ZoneDirectory,
  users: ShadowUsers,
): Logons {
  function shadowOf(zone: Zone, originKey: string, email: string): ShadowUser | undefined {
    const byEmail = () =>
      store.users.by('zoneAndEmail', keyOf(zone.guid, email)).find((user) => user.originKey === originKey);
    return directory.user(zone.guid, originKey, email) ?? byEmail();
  }

  return {
    async attempt(zone, provider, userName, work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof OAuthError && error.status === 401) {
          const event = "UserAuthenticationFailure ('User authentication failed')";
          recordSecurityEvent(ctx.world, { zone: zone.guid, event, principal: userName, origin: provider.originKey });
        }
        throw error;
      }
    },
    logOn(zone, provider, external) {
      const { email, externalId, loginName, givenName, familyName } = external;
      const { originKey } = provider;
      const known = shadowOf(zone, originKey, email);
      if (!known && !provider.createShadowUsers) throw notPreCreated();
      // assumed: as UAA treats its own users that are not active.
      if (known?.active === false) throw badCredentials(ctx.switched('uaa.legacyUnauthorized', false));
      const user = known ?? users.ensure(zone.guid, { userName: email, originKey }, email);
      // The names at the identity provider count from now on (UAA ExternalLoginAuthenticationManager).
      const named = {
        email,
        externalId,
        ...(loginName === undefined ? {} : { loginName }),
        ...(givenName === undefined ? {} : { givenName }),
        ...(familyName === undefined ? {} : { familyName }),
      };
      const changed = Object.entries(named).some(([key, value]) => Reflect.get(user, key) !== value);
      const after: ShadowUser = {
        ...user,
        ...named,
        modifiedAt: changed ? ctx.now() : user.modifiedAt,
        lastLogonAt: ctx.now(),
        ...(user.lastLogonAt === undefined ? {} : { previousLogonAt: user.lastLogonAt }),
      };
      users.replace(user, after);
      recordSecurityEvent(ctx.world, {
        zone: zone.guid,
        user: after.userName,
        event: "UserAuthenticationSuccess ('User authentication success')",
        principal: after.id,
        origin: originKey,
      });
      return after;
    },
  };
}

import type { ConditionalAuthentication } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { StoredUser, Tenant } from '../store.ts';
import { type Logon, meets } from './conditions.ts';

/** The tenant itself, among the identity providers that rules name (ias ad7f993). */
export const LOCAL = 'local';

/** Whether the user must say who he is before the provider is known (ias 0143dce). */
export function asksForIdentifier({ rules, defaultIdentityProvider = LOCAL }: ConditionalAuthentication): boolean {
  return defaultIdentityProvider === LOCAL && rules.length > 0;
}

/**
 * The identity provider that authenticates.
 * @param identifier what the user typed; undefined = nothing yet, then only a first rule on IP ranges alone decides
 * @returns undefined = the user must say who he is first
 */
export function identityProviderFor(
  services: Services,
  tenant: Tenant,
  conditional: ConditionalAuthentication,
  identifier: { readonly user: StoredUser | undefined } | undefined,
  logon: Logon,
): string | undefined {
  const { rules, defaultIdentityProvider = LOCAL } = conditional;
  if (defaultIdentityProvider !== LOCAL) return defaultIdentityProvider;
  if (identifier === undefined) {
    const [first] = rules;
    if (!first) return LOCAL;
    const { identityProvider, ipRange, ...more } = first;
    const byAddress = ipRange !== undefined && Object.keys(more).length === 0;
    if (byAddress && meets(services, tenant, { ipRange }, undefined, logon)) return identityProvider;
    return byAddress && rules.length === 1 ? LOCAL : undefined;
  }
  const rule = rules.find(({ identityProvider: _name, ...conditions }) =>
    meets(services, tenant, conditions, identifier.user, logon),
  );
  return rule?.identityProvider ?? LOCAL;
}

import { z } from 'zod';
import { type Address, address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { IdentityProvider, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Expansion, Resource, Section } from '../../kernel/system.ts';
import { applicationSecretKeys } from './application-secret.ts';
import { clientCertificateKeys } from './client-certificate.ts';
import { clientSecretKeys } from './client-secret.ts';
import { connections, connectionsOf } from './connections.ts';
import { ownershipMark } from './ownership.ts';
import type { PasswordProps } from './password.ts';
import type { UserProps } from './user.ts';

/** Types that a technical user may have; onboardee and alumni are stages of a person. */
const userType = z
  .enum(['public', 'partner', 'customer', 'employee', 'external'])
  // The inactivity job of IAS blocks and deletes users of the other types (ias 744b2d0).
  .default('external')
  .describe('User type in IAS; external is not in the range of the inactivity job');

export const section: Section = {
  connections: { ias: connections },
  user: { userType },
  credentialKinds: {
    'ias-client-secret': clientSecretKeys,
    'ias-client-certificate': clientCertificateKeys,
    'ias-application-secret': applicationSecretKeys,
  },
  expand,
};

export function userTypeOf(user: TechnicalUser): z.infer<typeof userType> {
  return userType.parse(user.userType);
}

export function userAddress(user: TechnicalUser): Address {
  return address('ias', 'user', user.identityProvider, user.name);
}

export function passwordAddress(user: TechnicalUser): Address {
  return address('ias', 'password', user.identityProvider, user.name);
}

/** Where the password of a technical user lies in the vault. */
export function vaultName(manifest: Manifest, user: Pick<TechnicalUser, 'name'>): string {
  return `${manifest.name}/${user.name}`;
}

function expand(manifest: Manifest): Expansion {
  const known = connectionsOf(manifest);
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  const missing = new Set<string>();
  for (const user of manifest.technicalUsers) {
    const provider = manifest.identityProviders.find(({ name }) => name === user.identityProvider);
    if (!provider) continue;
    if (known[provider.name]) resources.push(...resourcesOf(manifest, provider, user));
    else if (!missing.has(provider.name)) {
      missing.add(provider.name);
      findings.push({
        code: 'IAS_CONNECTION_MISSING',
        severity: 'error',
        subject: provider.name,
        because: `the manifest has no connection to the identity provider ${provider.name}`,
        remedy: `add connections.ias.${provider.name} with clientId and clientSecret, or certificate, of a system administrator`,
        at: manifest.locate(['connections']),
      });
    }
  }
  return { resources, findings };
}

function resourcesOf(manifest: Manifest, provider: IdentityProvider, user: TechnicalUser): Resource[] {
  const common = { identityProvider: provider.name, host: provider.host, userName: user.name, email: user.email };
  const mark = ownershipMark(manifest.name, user.name);
  const userProps: UserProps = {
    ...common,
    userType: userTypeOf(user),
    owner: user.owner,
    purpose: user.purpose,
    mark,
    // The last day counts as a whole.
    ...(user.expires === undefined ? {} : { validTo: `${user.expires}T23:59:59Z` }),
  };
  const passwordProps: PasswordProps = { ...common, mark, vaultName: vaultName(manifest, user) };
  return [
    {
      type: 'ias/user',
      address: userAddress(user),
      props: userProps,
      scope: provider.host,
      needs: [],
      user: user.name,
    },
    {
      type: 'ias/password',
      address: passwordAddress(user),
      props: passwordProps,
      scope: provider.host,
      needs: [userAddress(user)],
      user: user.name,
    },
  ];
}

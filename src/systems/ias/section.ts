import { z } from 'zod';
import { type Address, address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import { secretRefSchema } from '../../kernel/manifest/grammar.ts';
import type { IdentityProvider, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Expansion, Resource, Section } from '../../kernel/system.ts';
import { clientCertificateKeys } from './client-certificate.ts';
import { clientSecretKeys } from './client-secret.ts';
import { ownershipMark } from './ownership.ts';
import type { PasswordProps } from './password.ts';
import type { UserProps } from './user.ts';

const connection = z
  .strictObject({
    clientId: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Client id of a system administrator with Manage Users; the id itself or env:NAME, file:PATH, vault:NAME',
      ),
    clientSecret: secretRefSchema.optional().describe('Secret of that system administrator'),
    certificate: secretRefSchema
      .optional()
      .describe('In the place of both: its certificate with chain and private key, as PEM'),
    key: secretRefSchema.optional().describe('The private key as PEM, where the certificate is without it'),
  })
  .superRefine(({ clientId, clientSecret, certificate, key }, issues) => {
    const missing = (name: string) =>
      issues.addIssue({
        code: 'custom',
        path: [],
        message: `${name} is missing: either clientId and clientSecret, or certificate`,
      });
    if (certificate !== undefined) {
      if (clientId !== undefined || clientSecret !== undefined)
        issues.addIssue({
          code: 'custom',
          path: [],
          message: 'a certificate tells which client it is: leave clientId and clientSecret out',
        });
      return;
    }
    if (clientId === undefined) missing(key === undefined && clientSecret === undefined ? 'the login' : 'clientId');
    else if (clientSecret === undefined) missing('clientSecret');
    else if (key !== undefined) missing('certificate');
  });
/** How to reach the SCIM API of one identity provider. */
export type IasConnection = z.infer<typeof connection>;

const connections = z
  .record(z.string(), connection)
  .describe('IAS tenants by name of the identity provider')
  .default({});

/** Types that a technical user may have; onboardee and alumni are stages of a person. */
const userType = z
  .enum(['public', 'partner', 'customer', 'employee', 'external'])
  // The inactivity job of IAS blocks and deletes users of the other types (ias 744b2d0).
  .default('external')
  .describe('User type in IAS; external is not in the range of the inactivity job');

export const section: Section = {
  connections: { ias: connections },
  user: { userType },
  credentialKinds: { 'ias-client-secret': clientSecretKeys, 'ias-client-certificate': clientCertificateKeys },
  expand,
};

/** The connections of a manifest, by name of the identity provider. */
export function connectionsOf(manifest: Manifest): Readonly<Record<string, IasConnection>> {
  return connections.parse(manifest.connections.ias);
}

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

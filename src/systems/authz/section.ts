import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import { matchesGlob, selectSubaccounts } from '../../kernel/manifest/selector.ts';
import type { Grant, IdentityProvider, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Resource, Section } from '../../kernel/system.ts';
import { apiCredentialKeys } from './api-credential.ts';
import { type AssignmentProps, assignmentResource } from './assignment.ts';
import type { AuthorizationZone } from './client.ts';
import { authzFindings } from './findings.ts';

const roleCollections = z
  .array(z.string().min(1))
  .min(1)
  .describe('Role collections, by name; every account and subaccount has its own');

const btpCli = z.boolean().describe('Whether doctor proves a login of this user at the BTP command-line server');

/** Role collections of a grant; empty when it has none. */
export function roleCollectionsOf(grant: Grant): readonly string[] {
  const parsed = roleCollections.safeParse(grant.roleCollections);
  return parsed.success ? parsed.data : [];
}

export const authzSection: Section = {
  credentialKinds: { 'xsuaa-api-credential': apiCredentialKeys },
  grant: { roleCollections: roleCollections.optional() },
  user: { btpCli: btpCli.optional() },

  expand(manifest, inventory) {
    const resources: Resource<AssignmentProps>[] = [];
    const findings: Finding[] = [];
    for (const [index, user] of manifest.technicalUsers.entries()) {
      const provider = manifest.identityProviders.find((one) => one.name === user.identityProvider);
      if (!provider) continue;
      for (const [at, grant] of user.grants.entries()) {
        const names = roleCollectionsOf(grant);
        if (names.length === 0) continue;
        const places = zonesOf(grant, inventory);
        if ('finding' in places) {
          findings.push({
            ...places.finding,
            subject: user.name,
            at: manifest.locate(['technicalUsers', index, 'grants', at]),
          });
          continue;
        }
        for (const zone of places.zones) {
          for (const name of names) resources.push(resourceOf(manifest, provider, user, zone, name));
        }
      }
    }
    return { resources, findings };
  },
};

function resourceOf(
  manifest: Manifest,
  provider: IdentityProvider,
  user: TechnicalUser,
  zone: AuthorizationZone,
  roleCollection: string,
): Resource<AssignmentProps> {
  const { globalAccount } = manifest;
  return assignmentResource(
    { globalAccount, zone, userName: user.email, originKey: provider.originKey, roleCollection },
    user.name,
    [address('ias', 'user', provider.name, user.name), address('trust', 'platform', globalAccount, provider.originKey)],
  );
}

type Places =
  | { readonly zones: readonly AuthorizationZone[] }
  | { readonly finding: Pick<Finding, 'code' | 'severity' | 'because' | 'remedy'> };

function zonesOf(grant: Grant, inventory: Inventory): Places {
  if (grant.globalAccount) return { zones: [{ kind: 'global-account', name: '-' }] };
  if (grant.subaccounts) {
    const chosen = selectSubaccounts(grant.subaccounts, inventory);
    return { zones: chosen.map(({ name, guid }) => ({ kind: 'subaccount', name, guid })) };
  }
  const { directory = '' } = grant;
  const chosen = inventory.directories.filter((one) => matchesGlob(directory, one.name));
  if (chosen.length === 0) {
    const names = inventory.directories.map((one) => one.name).slice(0, 20);
    return {
      finding: {
        code: authzFindings.noDirectory.code,
        severity: 'error',
        because: `no directory is called '${directory}'`,
        remedy: `directories there: ${names.join(', ') || 'none that this login may see'}`,
      },
    };
  }
  const without = chosen.filter((one) => !one.authorizations).map((one) => one.name);
  if (without.length > 0) {
    return {
      finding: {
        code: authzFindings.directoryWithoutUsers.code,
        severity: 'error',
        because: `${without.join(', ')}: no user and role management in this directory`,
        remedy: 'enable User and Role Management of the directory, or grant in its subaccounts',
      },
    };
  }
  return { zones: chosen.map(({ name, guid }) => ({ kind: 'directory', name, guid })) };
}

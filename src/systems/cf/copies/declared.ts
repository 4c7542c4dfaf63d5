import type { Address } from '../../../kernel/address.ts';
import type { Finding } from '../../../kernel/finding.ts';
import type { Inventory } from '../../../kernel/inventory.ts';
import type { DeclaredCredential, Manifest, TechnicalUser } from '../../../kernel/manifest/types.ts';
import type { Expansion, Resource } from '../../../kernel/system.ts';
import { copyResource } from '../../protocols/copies/copy-type.ts';
import type { DeclaredCopy } from '../../protocols/copies/copy-uses.ts';
import { type CopyPlace, copyAddress } from '../../protocols/copies/place.ts';
import { appEnvironment } from './app-environment.ts';
import { declaredOf, type Environment, type Service } from './grammar.ts';
import type { SpacePlace } from './space-place.ts';
import type { EnvironmentTarget, ServiceTarget } from './targets.ts';
import { userProvidedService } from './user-provided-service.ts';

export function serviceTargets(
  holder: TechnicalUser | DeclaredCredential,
  inventory: Inventory,
): readonly ServiceTarget[] {
  return placed(declaredOf(holder).services, inventory);
}

export function environmentTargets(
  holder: TechnicalUser | DeclaredCredential,
  inventory: Inventory,
): readonly EnvironmentTarget[] {
  return placed(declaredOf(holder).environments, inventory);
}

/** The resources of the declared places of all technical users. Pure. */
export function expandCopies(manifest: Manifest, inventory: Inventory): Expansion {
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  for (const [index, user] of manifest.technicalUsers.entries()) {
    // Twins share their places.
    if (user.twin?.first === false) continue;
    for (const target of serviceTargets(user, inventory)) {
      resources.push(copyResource('cf', userProvidedService, target, { user, manifest, scope: target.api }));
    }
    for (const target of environmentTargets(user, inventory)) {
      resources.push(copyResource('cf', appEnvironment, target, { user, manifest, scope: target.api }));
    }
    const { services, environments } = declaredOf(user);
    for (const [key, list] of Object.entries({ services, environments })) {
      for (const [position, one] of list.entries()) {
        const at = manifest.locate(['technicalUsers', index, 'cloudFoundry', key, position]);
        findings.push(...problemsOf(one, user, inventory).map((problem) => ({ ...problem, at })));
      }
    }
  }
  return { resources, findings };
}

/** The declared places of a technical user; those of twins are declared with the first. */
export function declaredCopies(
  name: string | undefined,
  manifest: Manifest,
  inventory: Inventory,
): readonly DeclaredCopy[] {
  return manifest.technicalUsers
    .filter((user) => user.twin?.first !== false && (user.name === name || user.twin?.other === name))
    .flatMap((user) => copiesOf(user, inventory).map(({ place, target }) => copyOf(place, target, user, manifest)));
}

function copyOf(place: CopyPlace, target: SpacePlace, user: TechnicalUser, manifest: Manifest): DeclaredCopy {
  return { place, props: copyResource('cf', place, target, { user, manifest, scope: target.api }).props };
}

/** Addresses of every place that a technical user or a credential declares. */
export function declaredAddresses(
  { technicalUsers, credentials }: Manifest,
  inventory: Inventory,
): ReadonlySet<Address> {
  const all = [...technicalUsers, ...credentials].flatMap((holder) => copiesOf(holder, inventory));
  return new Set(all.map(({ place, target }) => copyAddress('cf', place, target)));
}

/** The kinds of place. */
export const cfPlaces = [userProvidedService, appEnvironment] as readonly CopyPlace[];

function copiesOf(holder: TechnicalUser | DeclaredCredential, inventory: Inventory) {
  const of = (place: CopyPlace<never>, targets: readonly SpacePlace[]) =>
    targets.map((target) => ({ place: place as CopyPlace, target }));
  return [
    ...of(userProvidedService as CopyPlace<never>, serviceTargets(holder, inventory)),
    ...of(appEnvironment as CopyPlace<never>, environmentTargets(holder, inventory)),
  ];
}

function problemsOf(one: Service | Environment, { name, twin }: TechnicalUser, inventory: Inventory): Finding[] {
  const found: Finding[] = [];
  if (!spaceOf(one, inventory)) {
    found.push({
      code: 'CF_COPY_WITHOUT_SPACE',
      severity: 'error',
      subject: name,
      because: `subaccount '${one.subaccount}' has no Cloud Foundry space '${one.space}' that the user of connections.cf sees`,
      remedy: 'mend the names in the manifest, create the space, or make that user its Space Developer',
    });
  }
  if (twin && 'app' in one && one.userVariable === undefined) {
    found.push({
      code: 'CF_COPY_WITHOUT_USER',
      severity: 'error',
      subject: twin.of,
      because: `nothing in the environment of app '${one.app}' tells which of the twins it uses`,
      remedy: 'add userVariable, and let the app take the user from it',
    });
  }
  return found;
}

function placed<T extends Pick<Service, 'subaccount' | 'space'>>(
  declared: readonly T[],
  inventory: Inventory,
): readonly (T & SpacePlace)[] {
  return declared.flatMap((one) => {
    const place = spaceOf(one, inventory);
    return place ? [{ ...one, ...place }] : [];
  });
}

function spaceOf(
  { subaccount, space }: Pick<Service, 'subaccount' | 'space'>,
  { subaccounts }: Inventory,
): SpacePlace | undefined {
  const org = subaccounts.find(({ name }) => name === subaccount)?.org;
  const guid = org?.spaces.find(({ name }) => name === space)?.guid;
  return org && guid !== undefined ? { api: org.api, org: org.name, spaceGuid: guid } : undefined;
}

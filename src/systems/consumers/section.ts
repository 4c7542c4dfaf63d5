import { z } from 'zod';
import type { Address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { DeclaredCredential, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Resource, Section } from '../../kernel/system.ts';
import { type CopyProps, copyResource } from '../protocols/copies/copy-type.ts';
import type { DeclaredCopy } from '../protocols/copies/copy-uses.ts';
import { type CopyPlace, copyAddress } from '../protocols/copies/place.ts';
import { connectionProblem, type Place, type Target } from './place.ts';
import { places } from './places.ts';

const [first, ...others] = places.map(({ target }) => target);
const deliverTo = z
  .array(z.discriminatedUnion('to', [first, ...others] as [typeof first & object, ...typeof others]))
  .optional()
  .describe('Places outside of SAP that get the credential, and the login name where it has one');

export const section: Section = {
  connections: Object.fromEntries(
    places.flatMap(({ kind, connection }) =>
      connection ? [[kind, z.record(z.string(), connection).optional()] as const] : [],
    ),
  ),
  user: { deliverTo },
  credential: { deliverTo },
  expand(manifest) {
    const resources: Resource<CopyProps<Target>>[] = [];
    const findings: Finding[] = [];
    for (const [index, user] of manifest.technicalUsers.entries()) {
      // Twins share their places.
      if (user.twin?.first === false) continue;
      for (const [position, target] of targetsOf(user).entries()) {
        const place = placeOf(target);
        const at = manifest.locate(['technicalUsers', index, 'deliverTo', position]);
        const because = connectionProblem(place, target, manifest);
        if (because === undefined) resources.push(resourceOf(user, target, manifest));
        else {
          const remedy = `add it under connections.${place.kind}`;
          findings.push({ code: 'CONSUMER_NO_CONNECTION', severity: 'error', subject: user.name, because, remedy, at });
        }
      }
    }
    return { resources, findings };
  },
};

function resourceOf(user: TechnicalUser, target: Target, manifest: Manifest): Resource<CopyProps<Target>> {
  const place = placeOf(target);
  return copyResource('consumers', place, target, { user, manifest, scope: target.connection ?? place.kind });
}

/** The declared places of a technical user; those of twins are declared with the first. */
export function declaredCopies(name: string | undefined, manifest: Manifest): readonly DeclaredCopy[] {
  return manifest.technicalUsers
    .filter((user) => user.twin?.first !== false && (user.name === name || user.twin?.other === name))
    .flatMap((user) =>
      targetsOf(user).map((target) => ({
        place: placeOf(target) as CopyPlace,
        props: resourceOf(user, target, manifest).props,
      })),
    );
}

/** Addresses of every place that a technical user or a credential declares. */
export function declaredAddresses({ technicalUsers, credentials }: Manifest): ReadonlySet<Address> {
  const targets = [...technicalUsers, ...credentials].flatMap(targetsOf);
  return new Set(targets.map((target) => copyAddress('consumers', placeOf(target), target)));
}

/** The declared places of a technical user, or of a credential. */
export function targetsOf(holder: TechnicalUser | DeclaredCredential): readonly Target[] {
  return (deliverTo.parse(holder.deliverTo) ?? []) as readonly Target[];
}

/** The place of a target; the grammar admits no other. */
export function placeOf({ to }: Target): Place {
  const found = places.find(({ kind }) => kind === to);
  if (!found) throw new TypeError(`no place of the kind ${to}`);
  return found;
}

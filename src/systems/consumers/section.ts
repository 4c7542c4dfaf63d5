import { z } from 'zod';
import { type Address, address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { DeclaredCredential, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Resource, Section } from '../../kernel/system.ts';
import { connectionProblem, type Place, type Target } from './place.ts';
import { places } from './places.ts';

/** Props of a copy; its type is `consumers/<kind of place>`. */
export interface CopyProps extends Holder {
  readonly target: Target;
  /** With twins: the other, whose credential is there as well as declared while it is in use. */
  readonly other?: Holder;
}

/** A credential that a place may hold. */
export interface Holder {
  /** Name in the vault. */
  readonly vaultName: string;
  readonly login: string;
}

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
    const resources: Resource<CopyProps>[] = [];
    const findings: Finding[] = [];
    for (const [index, user] of manifest.technicalUsers.entries()) {
      // Twins share their places.
      if (user.twin?.first === false) continue;
      for (const [position, target] of targetsOf(user).entries()) {
        const place = placeOf(target);
        const at = manifest.locate(['technicalUsers', index, 'deliverTo', position]);
        const because = connectionProblem(place, target, manifest);
        if (because === undefined) resources.push(resourceOf(place, target, user, manifest));
        else {
          const remedy = `add it under connections.${place.kind}`;
          findings.push({ code: 'CONSUMER_NO_CONNECTION', severity: 'error', subject: user.name, because, remedy, at });
        }
      }
    }
    return { resources, findings };
  },
};

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

export function copyAddress(place: Place, target: Target): Address {
  return address('consumers', place.kind, ...place.segments(target));
}

function resourceOf(place: Place, target: Target, user: TechnicalUser, manifest: Manifest): Resource<CopyProps> {
  const holder = ({ name, email }: TechnicalUser): Holder => ({ vaultName: `${manifest.name}/${name}`, login: email });
  const other = manifest.technicalUsers.find(({ name }) => name === user.twin?.other);
  return {
    type: `consumers/${place.kind}`,
    address: copyAddress(place, target),
    props: { ...holder(user), target, ...(other ? { other: holder(other) } : {}) },
    scope: target.connection ?? place.kind,
    needs: [user, ...(other ? [other] : [])].map(({ name }) => address('ias', 'password', user.identityProvider, name)),
    user: user.name,
  };
}

import type { Check, Hop, Resource, Subject } from '../../kernel/system.ts';
import { ASSIGNMENT, type AssignmentProps, type ObservedAssignment } from './assignment.ts';
import { authzFindings } from './findings.ts';

/** Whether the shadow user of every zone holds what the manifest grants there: one hop per zone. */
export const assignmentCheck: Check = {
  id: 'authz/assignment',
  link: 'authorization',
  async run(subject) {
    return [...byZone(subject)].map(([title, resources]) => hopOf(subject, title, resources));
  },
};

/** The user's assignments by the zone that they are in. */
function byZone(subject: Subject): ReadonlyMap<string, readonly Resource<AssignmentProps>[]> {
  const zones = new Map<string, Resource<AssignmentProps>[]>();
  for (const resource of subject.resources) {
    if (resource.type !== ASSIGNMENT) continue;
    const assigned = resource as Resource<AssignmentProps>;
    const { zone, globalAccount } = assigned.props;
    const title = zone.kind === 'global-account' ? `global account ${globalAccount}` : `${zone.kind} ${zone.name}`;
    zones.set(title, [...(zones.get(title) ?? []), assigned]);
  }
  return zones;
}

function hopOf(subject: Subject, title: string, resources: readonly Resource<AssignmentProps>[]): Hop {
  const hop = { check: 'authz/assignment', title };
  const unobserved = resources.map((resource) => subject.unobserved(resource.address)).find((why) => why !== undefined);
  if (unobserved !== undefined) {
    const remedy = 'mend the connection, then run `locum doctor` again';
    return { ...hop, status: 'unknown', evidence: [], because: unobserved, remedy };
  }
  const seen = resources.map((resource) => ({
    name: resource.props.roleCollection,
    observed: subject.observed(resource.address) as ObservedAssignment | undefined,
    diff: subject.diff(resource.address),
  }));
  const held = seen.filter(({ observed }) => observed?.state === 'assigned');
  const [shadow] = held.flatMap(({ observed }) => (observed?.state === 'assigned' ? [observed.id] : []));
  const evidence = [
    ...(shadow === undefined ? [] : [`shadow user ${shadow}`, `origin key ${subject.identityProvider.originKey}`]),
    ...held.map(({ name }) => name),
  ];
  const blocked = seen.map(({ diff }) => diff).find((diff) => diff?.action === 'blocked');
  if (blocked?.action === 'blocked') {
    const { because, remedy, code } = blocked.finding;
    return { ...hop, status: 'failed', evidence, because, remedy, code };
  }
  const missing = seen.filter(({ observed }) => observed?.state !== 'assigned').map(({ name }) => name);
  if (missing.length === 0) return { ...hop, status: 'ok', evidence };
  const who = `${subject.user.email} (${subject.identityProvider.originKey})`;
  return {
    ...hop,
    status: 'failed',
    evidence,
    because:
      held.length === 0
        ? `${who} holds none of the declared role collections: ${missing.join(', ')}`
        : `${who} lacks ${missing.join(', ')}`,
    remedy: 'locum apply',
    code: authzFindings.notAssigned.code,
  };
}

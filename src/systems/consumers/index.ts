import { defineSystem } from '../../kernel/system.ts';
import { consumerKind } from '../protocols/copies/consumer-kind.ts';
import { copyType } from '../protocols/copies/copy-type.ts';
import { copyUses } from '../protocols/copies/copy-uses.ts';
import { leftCopies, leftFindings } from '../protocols/copies/left.ts';
import type { CopyPlace } from '../protocols/copies/place.ts';
import { checks } from './checks.ts';
import { expiries } from './expiries.ts';
import { findings } from './findings.ts';
import { places } from './places.ts';
import { declaredAddresses, declaredCopies, section, targetsOf } from './section.ts';

const all = places as readonly CopyPlace[];

/** Places outside of SAP that hold copies of credentials: secret stores, the secrets of pipelines, a command of the user's. */
export const consumers = defineSystem({
  id: 'consumers',
  section,
  resources: places.map((place) => copyType('consumers', place)),
  checks,
  rules: [],
  findings: [...findings, ...leftFindings],
  uses: (identity, _inventory, ctx) =>
    copyUses('consumers', all, declaredCopies(identity.user, ctx.manifest), identity, ctx),
  expiries: (_users, ctx) => expiries(ctx),
  left: (_inventory, ctx) => leftCopies('consumers', all, declaredAddresses(ctx.manifest), ctx),
  consumers: places.map((place) =>
    consumerKind('consumers', place, (holder) => targetsOf(holder).filter(({ to }) => to === place.kind)),
  ),
});

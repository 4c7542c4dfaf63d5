import { defineSystem } from '../../kernel/system.ts';
import { consumerKind } from '../protocols/copies/consumer-kind.ts';
import { copyType } from '../protocols/copies/copy-type.ts';
import { checks } from './checks.ts';
import { findings } from './findings.ts';
import { places } from './places.ts';
import { section, targetsOf } from './section.ts';

/** Places outside of SAP that hold copies of credentials: secret stores, the secrets of pipelines, a command of the user's. */
export const consumers = defineSystem({
  id: 'consumers',
  section,
  resources: places.map((place) => copyType('consumers', place)),
  checks,
  rules: [],
  findings,
  consumers: places.map((place) =>
    consumerKind('consumers', place, (holder) => targetsOf(holder).filter(({ to }) => to === place.kind)),
  ),
});

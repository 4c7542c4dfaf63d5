import { defineSystem } from '../../kernel/system.ts';
import { checks } from './checks.ts';
import { consumerKind } from './consumer-kind.ts';
import { copyType } from './copy.ts';
import { findings } from './findings.ts';
import { places } from './places.ts';
import { section } from './section.ts';

/** Places outside of SAP that hold copies of credentials: secret stores, the secrets of pipelines, a command of the user's. */
export const consumers = defineSystem({
  id: 'consumers',
  section,
  resources: places.map(copyType),
  checks,
  rules: [],
  findings,
  consumers: places.map(consumerKind),
});

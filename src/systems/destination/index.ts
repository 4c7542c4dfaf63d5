import { defineSystem } from '../../kernel/system.ts';
import { checks } from './checks.ts';
import { declare } from './declare.ts';
import { destinationType } from './destination.ts';
import { expiries } from './expiries.ts';
import { findings } from './findings.ts';
import { destinationConsumers } from './rotation.ts';
import { rules } from './rules.ts';
import { section } from './section.ts';
import { uses } from './uses.ts';

/** Destinations that hold the credentials of technical users: the Destination service by its v1 REST API. */
export const destination = defineSystem({
  id: 'destination',
  section,
  resources: [destinationType],
  checks,
  rules,
  findings,
  consumers: [destinationConsumers],
  uses,
  expiries: (_users, ctx) => expiries(ctx),
  declare,
});

import { defineSystem } from '../../kernel/system.ts';
import { section } from './section.ts';
import { traces } from './traces.ts';

/** Audit logs: what a tenant of SAP Cloud Identity Services tells about logons. */
export const audit = defineSystem({
  id: 'audit',
  section,
  resources: [],
  checks: [],
  rules: [],
  findings: [],
  traces,
});

import { defineSystem } from '../../kernel/system.ts';
import { trustCheck } from './checks.ts';
import { trustFindings } from './findings.ts';
import { platformTrust } from './platform.ts';
import { originKeyRule } from './rules.ts';
import { trustSection } from './section.ts';

/** Platform trusts of the global account: whose users BTP accepts, and under which origin key. */
export const trust = defineSystem({
  id: 'trust',
  section: trustSection,
  resources: [platformTrust],
  checks: [trustCheck],
  rules: [originKeyRule],
  findings: Object.values(trustFindings),
});

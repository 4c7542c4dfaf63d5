import { defineSystem } from '../../kernel/system.ts';
import { assignment } from './assignment.ts';
import { assignmentCheck } from './checks.ts';
import { cliLoginCheck } from './cli-login.ts';
import { authzFindings } from './findings.ts';
import { broadCollectionRule, customInDirectoryRule } from './rules.ts';
import { authzSection } from './section.ts';

/** Role collections of technical users in the global account, its directories and subaccounts. */
export const authz = defineSystem({
  id: 'authz',
  section: authzSection,
  resources: [assignment],
  checks: [assignmentCheck, cliLoginCheck],
  rules: [broadCollectionRule, customInDirectoryRule],
  findings: Object.values(authzFindings),
});

import { defineSystem } from '../../kernel/system.ts';
import { apiCredential } from './api-credential.ts';
import { assignment } from './assignment.ts';
import { assignmentCheck } from './checks.ts';
import { cliLoginCheck } from './cli-login.ts';
import { declare } from './declare.ts';
import { authzFindings } from './findings.ts';
import { broadCollectionRule, customInDirectoryRule } from './rules.ts';
import { authzSection } from './section.ts';
import { shadowUser } from './shadow-user.ts';
import { uses } from './uses.ts';

/** Role collections of technical users in the global account, its directories and subaccounts. */
export const authz = defineSystem({
  id: 'authz',
  section: authzSection,
  resources: [assignment, shadowUser],
  checks: [assignmentCheck, cliLoginCheck],
  rules: [broadCollectionRule, customInDirectoryRule],
  findings: Object.values(authzFindings),
  credentials: [apiCredential],
  uses,
  declare,
});

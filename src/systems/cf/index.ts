import { defineSystem } from '../../kernel/system.ts';
import { consumerCheck, rolesCheck, tokenCheck } from './checks.ts';
import { declare } from './declare.ts';
import { orgRoleType } from './org-role.ts';
import { findings, rules } from './rules.ts';
import { section } from './section.ts';
import { serviceKey } from './service-key.ts';
import { session, token } from './session.ts';
import { spaceRoleType } from './space-role.ts';
import { inventory } from './spaces.ts';
import { stops } from './stops.ts';
import { tokensType } from './tokens.ts';
import { userType } from './user.ts';
import { uses } from './uses.ts';

/** Cloud Foundry: shadow users in UAA, org and space roles, logins as a technical user. */
export const cf = defineSystem({
  id: 'cf',
  section,
  resources: [userType, orgRoleType, spaceRoleType, tokensType],
  checks: [rolesCheck, tokenCheck, consumerCheck],
  rules,
  findings,
  inventory,
  uses,
  declare,
  stops,
  credentials: [serviceKey],
  token,
  session,
});

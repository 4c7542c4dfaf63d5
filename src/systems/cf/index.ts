import { defineSystem } from '../../kernel/system.ts';
import { copyType } from '../protocols/copies/copy-type.ts';
import { leftCopies, leftFindings } from '../protocols/copies/left.ts';
import { consumerCheck, rolesCheck, tokenCheck } from './checks.ts';
import { appEnvironment } from './copies/app-environment.ts';
import { copiesCheck } from './copies/check.ts';
import { environmentConsumers, serviceConsumers } from './copies/consumers.ts';
import { cfPlaces, declaredAddresses } from './copies/declared.ts';
import { userProvidedService } from './copies/user-provided-service.ts';
import { declare } from './declare.ts';
import { orgRoleType } from './org-role.ts';
import { passing } from './passing.ts';
import { findings, rules } from './rules.ts';
import { section } from './section.ts';
import { serviceKey } from './service-key.ts';
import { session, token } from './session.ts';
import { spaceRoleType } from './space-role.ts';
import { inventory } from './spaces.ts';
import { stops } from './stops.ts';
import { tokensType } from './tokens.ts';
import { traces } from './traces.ts';
import { userType } from './user.ts';
import { uses } from './uses.ts';

/** Cloud Foundry: shadow users in UAA, org and space roles, places from which apps read credentials, logins as a technical user. */
export const cf = defineSystem({
  id: 'cf',
  section,
  resources: [
    userType,
    orgRoleType,
    spaceRoleType,
    tokensType,
    copyType('cf', userProvidedService),
    copyType('cf', appEnvironment),
  ],
  checks: [rolesCheck, tokenCheck, consumerCheck, copiesCheck],
  rules,
  findings: [...findings, ...leftFindings],
  inventory,
  uses,
  left: (inventory, ctx) => leftCopies('cf', cfPlaces, declaredAddresses(ctx.manifest, inventory), ctx),
  declare,
  stops,
  traces,
  credentials: [serviceKey],
  passing,
  consumers: [serviceConsumers, environmentConsumers],
  token,
  session,
});

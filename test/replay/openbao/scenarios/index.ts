import type { Scenario } from '../../scenarios/step.ts';
import { kvLimits, kvOld, kvPaths, kvVersions } from './engines.ts';
import { payloads, place, placeAlone, rightMissing, secretIdEnds, tokenEnds } from './flows.ts';
import { appRoles, jwts, secretIds, tokens } from './logins.ts';
import { namespaces, policies, sealing } from './rights.ts';

/** Everything that is asked of both, OpenBao and the double. */
export const scenarios: readonly Scenario[] = [
  kvVersions,
  kvPaths,
  kvLimits,
  kvOld,
  appRoles,
  secretIds,
  jwts,
  tokens,
  policies,
  namespaces,
  sealing,
  place,
  placeAlone,
  payloads,
  tokenEnds,
  rightMissing,
  secretIdEnds,
];

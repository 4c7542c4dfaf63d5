import type { Scenario } from '../../scenarios/step.ts';
import { administration } from './administration.ts';
import { assertions } from './assertions.ts';
import { clientAuthentication, clientCredentials } from './clients-at-the-token-endpoint.ts';
import { browser, codes } from './codes.ts';
import { documents } from './documents.ts';
import { groups } from './groups.ts';
import { inspection, revocation } from './inspection.ts';
import { externalPasswords, internalPasswords } from './passwords.ts';
import { refreshing } from './refreshing.ts';
import { accounts, userLists, users } from './users.ts';

/** Everything that is asked of both, the open-source UAA and the emulated one. */
export const scenarios: readonly Scenario[] = [
  documents,
  clientAuthentication,
  clientCredentials,
  internalPasswords,
  externalPasswords,
  refreshing,
  assertions,
  codes,
  browser,
  inspection,
  revocation,
  administration,
  users,
  userLists,
  accounts,
  groups,
];

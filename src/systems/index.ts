import type { SystemDefinition } from '../kernel/system.ts';
import { accounts } from './accounts/index.ts';
import { audit } from './audit/index.ts';
import { authz } from './authz/index.ts';
import { cf } from './cf/index.ts';
import { consumers } from './consumers/index.ts';
import { destination } from './destination/index.ts';
import { ias } from './ias/index.ts';
import { services } from './services/index.ts';
import { trust } from './trust/index.ts';

/** The slices, in the order in which the inventory is read and the plan is printed. */
export const systems: readonly SystemDefinition[] = [
  accounts,
  trust,
  ias,
  authz,
  cf,
  destination,
  services,
  consumers,
  audit,
];

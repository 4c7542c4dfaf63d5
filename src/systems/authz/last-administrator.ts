import type { Address } from '../../kernel/address.ts';
import { PolicyError } from '../../kernel/errors.ts';
import type { BtpSession } from '../protocols/btp-cli/client.ts';
import { type AssignedUser, type Assignment, listAssignedUsers } from './client.ts';

/** Whoever holds one of these manages the users of its zone; the last one must stay. */
export const ADMINISTRATORS: ReadonlySet<string> = new Set([
  'Global Account Administrator',
  'Directory Administrator',
  'Subaccount Administrator',
]);

/** Looks again right before a removal: others may have left since the plan. */
export async function keepLastAdministrator(session: BtpSession, held: Assignment, at: Address): Promise<void> {
  if (!(await isLastAdministrator(session, held))) return;
  throw new PolicyError('ERR_POLICY', `${at}: the last holder of ${held.roleCollection} is kept`, {
    remedy: 'assign the role collection to somebody else first',
  });
}

/** Whether nobody else holds this collection, and it is one without which nobody manages the zone. */
export async function isLastAdministrator(session: BtpSession, held: Assignment): Promise<boolean> {
  if (!ADMINISTRATORS.has(held.roleCollection)) return false;
  const users = await listAssignedUsers(session, held.zone, held.roleCollection);
  return !users?.some((user) => nameOf(user) !== nameOf(held));
}

/** One text for a user of a zone, whatever the case of its name. */
export function nameOf({ userName, originKey }: Pick<AssignedUser, 'userName' | 'originKey'>): string {
  return `${userName.toLowerCase()}@${originKey}`;
}

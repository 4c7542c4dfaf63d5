import { PlanError } from '../../kernel/errors.ts';
import type { IasClient } from './client.ts';
import { OWNERSHIP } from './ownership.ts';
import { ofName, type SeenUser } from './seen-user.ts';

/**
 * Looks once more before a user is changed: somebody else's user is never touched.
 * @throws PlanError when the user is not there or does not carry the mark
 */
export async function ownUser(
  client: IasClient,
  props: { readonly host: string; readonly userName: string; readonly email: string; readonly mark: string },
): Promise<SeenUser> {
  const found = await client.find([props]);
  const user = ofName(found, props.userName);
  if (user?.customAttributes[OWNERSHIP.mark] === props.mark) return user;
  const what = user ? 'is not ours' : 'does not exist';
  throw new PlanError('ERR_PLAN_NOT_OURS', `the user ${props.userName} of ${props.host} ${what}`, {
    remedy: 'run `locum plan`',
  });
}

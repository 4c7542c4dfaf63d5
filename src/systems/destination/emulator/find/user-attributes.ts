import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { UserAttributes } from './saml.ts';
import type { UserToken } from './user-token.ts';

const claims = z.looseObject({ iss: z.url(), scope: z.array(z.string()) });
const profile = z.looseObject({
  user_attributes: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
});

/**
 * Custom attributes of a user, which XSUAA tells to tokens with the scope `user_attributes` (btp-connectivity:3cb7b81; UAA's
 * `/userinfo`). A user of anything else has none; that an XSUAA which does not answer is no failure is assumed.
 */
export async function userAttributes(ctx: Pick<EmulatorContext, 'fetch'>, user: UserToken): Promise<UserAttributes> {
  const known = claims.safeParse(user.claims);
  if (!known.success || !known.data.scope.includes('user_attributes')) return {};
  const url = new URL('/userinfo', known.data.iss);
  const response = await ctx.fetch(url, { headers: { authorization: `Bearer ${user.text}` } }).catch(() => undefined);
  if (!response?.ok) return {};
  const told = profile.safeParse(await response.json().catch(() => undefined));
  return Object.fromEntries(
    Object.entries(told.data?.user_attributes ?? {}).map(([name, value]) => [name, [value].flat()]),
  );
}

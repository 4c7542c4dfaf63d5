import { credentialsOf, inspectCredentials } from '../kernel/rotate/survey.ts';
import { takeTurn } from '../kernel/run/turn.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import type { EngineDeps } from './deps.ts';

/** Why a login of a technical user is not tried: others have spent half of what its policy allows. */
export async function spareReason(
  systems: readonly SystemDefinition[],
  user: string,
  ctx: SystemContext,
): Promise<string | undefined> {
  const states = await ctx.memo('engine/login-room', () => inspectCredentials(systems, ctx));
  const state = states.get(user);
  if (!state || state.failedLogins === undefined || state.policy?.lockAfter === undefined) return undefined;
  if (state.failedLogins + 1 <= state.policy.lockAfter / 2) return undefined;
  return `${state.failedLogins} of ${state.policy.lockAfter} failed logins are spent already`;
}

/** Ends locks, and begins the count of failed logins anew. Gives the names of the users and credentials. */
export async function unlock(
  { systems, store, who }: EngineDeps,
  declared: readonly { readonly name: string }[],
  plain: SystemContext,
): Promise<readonly string[]> {
  await using turn = await takeTurn(store, who, plain);
  const { ctx, records } = turn;
  const unlocked: string[] = [];
  for (const { credential, kind } of credentialsOf(systems, ctx.manifest)) {
    if (!declared.some(({ name }) => name === credential.user) || !kind.unlock) continue;
    await kind.unlock(credential, ctx);
    unlocked.push(credential.user);
    await records.trail.append({
      at: ctx.now(),
      who,
      why: 'locum unlock',
      subject: credential.address,
      change: { action: 'unlock' },
      result: 'done',
    });
  }
  return unlocked;
}

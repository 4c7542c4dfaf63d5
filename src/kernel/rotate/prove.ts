import type { LoginOutcome } from '../doctor/logins.ts';
import type { JsonObject } from '../json.ts';
import { askAgain } from './guide.ts';
import { proposeAnother } from './mint.ts';
import { RollBack, type Saga, Stopped } from './saga.ts';

/** One login with the new secret. Only a proven one becomes current; false = another is to be minted. */
export async function prove(saga: Saga): Promise<boolean> {
  const { credential, ctx, kind } = saga;
  const { strategy, again, to, compromised } = saga.record();
  const outcome = await logIn(saga);
  if (outcome.status === 'accepted') {
    // With an overlap the old one stays current until every consumer has left it: until then all can go back.
    if (strategy !== 'overlap') await promote(saga);
    return true;
  }
  const { reason: refusal } = outcome;
  const { minting } = kind;
  // Nobody could tell whether it is right. In place consumers wait for it: it is set anew, which ends the count of failed logins as well.
  const anew = minting.by === 'locum' && strategy === 'in place' && !again;
  if (outcome.status === 'spared' && !anew) throw untold(credential.user, refusal);
  if (minting.by === 'person') return askAgain(saga, refusal);
  if (strategy === 'overlap' && !compromised) throw new RollBack(`the new secret is refused: ${refusal}`);
  if (!again) {
    // Somebody else may have set one meanwhile, or the service wants to be told in another way: once more, with another secret.
    const once = { phase: 'mint', again: true, slot: undefined, sent: false, setBefore: undefined } as const;
    if (minting.by === 'locum') await proposeAnother(saga, minting, once);
    else await saga.update({ ...once, to: undefined });
    // Who is locked is refused with the right one, too: in place, where nothing else is valid, it is kept until another is set.
    // One that was proven before a crash is current, and is so until another is proven.
    const { vaultName } = credential;
    const pending = (await ctx.vault.history(vaultName)).some(
      ({ version, state }) => version === to && state === 'pending',
    );
    if (to !== undefined && pending && strategy !== 'in place') await ctx.vault.retire(vaultName, to, ctx.now());
    return false;
  }
  throw new Stopped({
    code: 'ROTATION_UNPROVEN',
    severity: 'error',
    subject: credential.user,
    because: `the new secret was set, but a login with it is refused: ${refusal}`,
    remedy: `see its state with \`locum doctor ${credential.user}\`, mend that, then \`locum rotate ${credential.user}\` goes on`,
  });
}

/** A rotation that waits until a login is tried again. */
export function untold(user: string, because: string): Stopped {
  return new Stopped({
    code: 'ROTATION_UNPROVEN',
    severity: 'error',
    subject: user,
    because: `whether the new secret works is not known, as no login is tried: ${because}`,
    remedy: `see that nobody uses a wrong one, \`locum unlock ${user}\` where it can be locked, then \`locum rotate ${user}\` goes on`,
  });
}

async function logIn(saga: Saga): Promise<LoginOutcome<JsonObject>> {
  const { credential, ctx, kind } = saga;
  let outcome: LoginOutcome<JsonObject> = { status: 'spared', reason: 'not tried' };
  await saga.step('prove', credential.address, async () => {
    const secret = await saga.minted();
    outcome = await ctx.logins.attempt(credential.user, () => kind.prove(credential, secret, ctx));
    if (outcome.status === 'accepted') return { detail: { proven: outcome.value } };
    return { detail: { [outcome.status]: outcome.reason } };
  });
  return outcome;
}

/** The minted version becomes current. Done again it changes nothing. */
export async function promote({ credential, ctx, record }: Saga): Promise<void> {
  const { to } = record();
  if (to !== undefined) await ctx.vault.promote(credential.vaultName, to, ctx.now());
}

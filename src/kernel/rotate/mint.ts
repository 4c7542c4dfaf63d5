import { RemoteError } from '../errors.ts';
import type { ChosenMinting, IssuedMinting } from './credential.ts';
import { guide } from './guide.ts';
import { proposedBefore } from './proposed.ts';
import type { RotationRecord } from './record.ts';
import { RollBack, type Saga, Stopped } from './saga.ts';

/** Secrets that a policy may refuse, and calls without a reply, before we give up. */
const ATTEMPTS = 3;

/** A new secret: in the vault, and valid at the service. */
export async function mint(saga: Saga): Promise<void> {
  const { minting } = saga.kind;
  if (minting.by === 'service') return issue(saga, minting);
  if (minting.by === 'person') return guide(saga, minting);
  await propose(saga, minting);
  await send(saga, minting);
}

/** The vault has the secret before anybody else. */
async function propose(saga: Saga, minting: ChosenMinting<unknown>): Promise<void> {
  if (saga.record().to !== undefined) return;
  const orphan = await proposedBefore(saga);
  if (orphan !== undefined) return saga.update({ to: orphan });
  await proposeAnother(saga, minting);
}

/** One more secret. The version before it is forgotten only when the vault has this one: it may be the valid one. */
export async function proposeAnother(
  { credential, ctx, step, update }: Saga,
  minting: ChosenMinting<unknown>,
  changes: Partial<RotationRecord> = {},
): Promise<void> {
  let to = 0;
  await step('mint', credential.address, async () => {
    const { version } = await ctx.vault.propose(credential.vaultName, minting.choose(ctx), ctx.now());
    to = version;
    return { detail: { version } };
  });
  await update({ ...changes, to });
}

async function send(saga: Saga, minting: ChosenMinting<unknown>): Promise<void> {
  const { ctx, credential } = saga;
  for (let attempt = 1; ; attempt++) {
    const state = await saga.inspect();
    const maybeThere = saga.record().sent;
    const there = maybeThere ? await arrived(saga, state.setAt) : 'no';
    if (there === 'yes') break;
    if (!maybeThere) {
      await saga.update({ sent: true, ...(state.setAt === undefined ? {} : { setBefore: state.setAt }) });
    }
    try {
      await saga.step('set', credential.address, async () => ({
        detail: await minting.set(credential, await saga.minted(), ctx),
      }));
      break;
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      const refused = error.outcome === 'refused' && !error.retryable && error.status !== 412;
      // An earlier call may still be on its way, so the version must not be given up; unless the policy refuses it whenever it comes.
      const harmless = !maybeThere || (error.status === 400 && there === 'no');
      if (refused && harmless) await replaceRefused(saga, minting, error, attempt);
      else if (refused || attempt >= ATTEMPTS) throw stopped(error, credential.user);
    }
  }
  ctx.logins.renewed(credential.user);
  if (saga.record().setAt === undefined) await saga.update({ setAt: ctx.now() });
}

/** Whether a secret that may have been sent is the valid one: the service's date tells, else one login. */
export async function arrived(saga: Saga, setAt: number | undefined): Promise<'yes' | 'no' | 'unknown'> {
  const { setBefore } = saga.record();
  if (setAt !== undefined && setBefore !== undefined && setAt > setBefore) return 'yes';
  const { ctx, credential, kind } = saga;
  const secret = await saga.minted();
  const { status } = await ctx.logins.attempt(credential.user, () => kind.prove(credential, secret, ctx));
  return status === 'accepted' ? 'yes' : status === 'refused' ? 'no' : 'unknown';
}

/** A policy may refuse this very secret (its history, say): sent again it would be refused again. */
async function replaceRefused(
  saga: Saga,
  minting: ChosenMinting<unknown>,
  error: RemoteError,
  attempt: number,
): Promise<void> {
  const { ctx, credential } = saga;
  const { to } = saga.record();
  await saga.update({ sent: false });
  if (error.status !== 400 || attempt >= ATTEMPTS) throw new RollBack(error.message);
  await proposeAnother(saga, minting);
  if (to !== undefined) await ctx.vault.retire(credential.vaultName, to, ctx.now());
}

/** The service makes the secret and tells it once. One whose reply was lost is found by its mark, and ended. */
async function issue(saga: Saga, minting: IssuedMinting<unknown>): Promise<void> {
  const { ctx, credential } = saga;
  for (let attempt = 1; saga.record().slot === undefined; attempt++) {
    const { id } = saga.rotation;
    const orphans = ((await saga.inspect()).slots ?? []).filter((slot) => slot.rotation === id);
    for (const orphan of orphans) {
      await saga.step('retire', credential.address, async () => ({
        detail: { ...(await minting.retire(credential, orphan.id, ctx)), because: 'its secret was lost with a reply' },
      }));
    }
    try {
      let made = { to: 0, slot: '' };
      await saga.step('mint', credential.address, async () => {
        const issued = await minting.issue(credential, id, ctx);
        const { version } = await ctx.vault.propose(credential.vaultName, issued.secret, ctx.now());
        made = { to: version, slot: issued.slot };
        return { detail: { version, slot: issued.slot } };
      });
      await saga.update({ ...made, sent: true, setAt: ctx.now() });
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.outcome === 'refused' && !error.retryable) throw new RollBack(error.message);
      if (attempt >= ATTEMPTS) throw stopped(error, credential.user);
    }
  }
}

function stopped(error: RemoteError, user: string): Stopped {
  return new Stopped({
    code: 'ROTATION_STOPPED',
    severity: 'error',
    subject: user,
    because: `the new secret could not be set: ${error.message}`,
    remedy: `mend the cause, then \`locum rotate ${user}\` goes on where it stopped`,
  });
}

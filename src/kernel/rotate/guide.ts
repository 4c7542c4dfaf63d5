import type { Secret } from '../secret.ts';
import type { GuidedMinting } from './credential.ts';
import type { PersonTask } from './person.ts';
import { proposedBefore } from './proposed.ts';
import { type Saga, Stopped, Waiting } from './saga.ts';

/** A new secret that a person makes: what Locum can make itself is in the vault before anybody is asked. */
export async function guide(saga: Saga, minting: GuidedMinting<unknown>): Promise<void> {
  if (saga.record().to !== undefined) return;
  const prepared = await prepare(saga, minting);
  const brought = await answer(saga, minting.making(saga.credential, prepared?.secret), prepared?.version);
  const { ctx, credential } = saga;
  if (brought === 'before') return;
  const secret = minting.complete(credential, prepared?.secret, brought);
  let to = prepared?.version ?? 0;
  await saga.step('mint', credential.address, async () => {
    // What was prepared may be all of it, as with a certificate that signs itself.
    if (!prepared?.secret.equals(secret))
      to = (await ctx.vault.propose(credential.vaultName, secret, ctx.now())).version;
    return { detail: { version: to, by: 'a person' } };
  });
  await taken(saga, to);
}

/** The version that somebody brought is the one that the rotation makes. */
async function taken(saga: Saga, to: number): Promise<void> {
  saga.ctx.logins.renewed(saga.credential.user);
  await saga.update({ to, sent: true, setAt: saga.ctx.now(), waits: undefined });
}

interface Prepared {
  readonly version: number;
  readonly secret: Secret;
}

async function prepare(saga: Saga, { prepare: make }: GuidedMinting<unknown>): Promise<Prepared | undefined> {
  if (!make) return undefined;
  const { ctx, credential } = saga;
  if (saga.record().prepared === undefined) {
    const orphan = await proposedBefore(saga);
    let version = orphan;
    if (version === undefined) {
      const made = await make(credential, ctx);
      if (!made) return undefined;
      await saga.step('prepare', credential.address, async () => {
        version = (await ctx.vault.propose(credential.vaultName, made, ctx.now())).version;
        return { detail: { version } };
      });
    }
    await saga.update({ prepared: version });
  }
  const { prepared: version } = saga.record();
  const opened = version === undefined ? undefined : await ctx.vault.openVersion(credential.vaultName, version);
  return opened && { version: opened.version.version, secret: opened.secret };
}

/** `before`: it was brought and kept just before a crash. */
async function answer(
  saga: Saga,
  task: PersonTask,
  prepared: number | undefined,
): Promise<Secret | 'before' | undefined> {
  const kept = await proposedBefore(saga);
  if (kept !== undefined && kept !== prepared) {
    await taken(saga, kept);
    return 'before';
  }
  await ask(saga, task);
  if (task.wants === 'word') {
    if (await saga.person.did(task)) return undefined;
    throw new Waiting(task);
  }
  const brought = await saga.person.bring(task);
  if (!brought) throw new Waiting(task);
  return brought;
}

/** That somebody is asked is remembered: `due` and `uses` tell it until it is done. */
async function ask(saga: Saga, { title }: PersonTask): Promise<void> {
  if (saga.record().waits?.title !== title) await saga.update({ waits: { title, since: saga.ctx.now() } });
}

/** What was brought is refused: it is given up, and asked for once more. What Locum made itself is kept. */
export async function askAgain(saga: Saga, refusal: string): Promise<never> {
  const { credential, ctx } = saga;
  const { to, prepared } = saga.record();
  await saga.update({ phase: 'mint', to: undefined, sent: false, setAt: undefined });
  if (to !== undefined && to !== prepared) await ctx.vault.retire(credential.vaultName, to, ctx.now());
  throw new Stopped({
    code: 'ROTATION_GIVEN_REFUSED',
    severity: 'error',
    subject: credential.user,
    because: `what was made for it is refused: ${refusal}`,
    remedy: `see that it belongs to this client and was copied whole, then \`locum rotate ${credential.user}\` asks again`,
  });
}

/** An old secret ends at the console; one login shows that it did. */
export async function removeByPerson(saga: Saga, minting: GuidedMinting<unknown>): Promise<void> {
  const { credential, ctx, kind } = saga;
  const { from, removed, compromised } = saga.record();
  const old = from === undefined ? undefined : await ctx.vault.openVersion(credential.vaultName, from);
  if (removed || !old) return;
  const task = minting.removing(credential, old.secret);
  await ask(saga, task);
  if (!(await saga.person.did(task))) throw new Waiting(task);
  let still: string | undefined;
  await saga.step('retire', credential.address, async () => {
    const outcome = await ctx.logins.attempt(credential.user, () => kind.prove(credential, old.secret, ctx));
    if (outcome.status === 'refused') return { detail: { version: from ?? 0, refused: outcome.reason } };
    still =
      outcome.status === 'accepted'
        ? 'it is still accepted'
        : `nobody could tell, as no login is tried: ${outcome.reason}`;
    return { detail: { version: from ?? 0, [outcome.status]: true } };
  });
  if (still === undefined) {
    // Spent on purpose, and refused as it should be: the login of the new one is not spared for it.
    ctx.logins.renewed(credential.user);
    await saga.update({ removed: true, waits: undefined, ...(compromised ? { endedAt: ctx.now() } : {}) });
    return;
  }
  throw new Stopped({
    code: 'ROTATION_OLD_STILL_VALID',
    severity: 'error',
    subject: credential.user,
    because: `the old secret was to be removed, but ${still}`,
    remedy: `${task.steps.at(-1) ?? task.title}, then \`locum rotate ${credential.user}\` looks again`,
  });
}

import type { Credential, GuidedMinting, IssuedMinting } from './credential.ts';
import type { Place } from './job.ts';
import { arrived } from './mint.ts';
import { proposedBefore } from './proposed.ts';
import { promote, untold } from './prove.ts';
import { revokeRest } from './revoke.ts';
import type { Saga } from './saga.ts';
import { retireSlots } from './slots.ts';
import { suspects } from './suspects.ts';
import { beSureThatAllIsSeen } from './unseen.ts';

/** Who still holds another secret after the wait; empty when the old one can go. */
export async function stragglers(saga: Saga): Promise<readonly Place[]> {
  const delivery = await saga.delivery();
  const held = await Promise.all(
    saga.places
      .filter(({ consumer }) => consumer.ours)
      .map(async (place) => ({ place, holds: await place.kind.holds(place.consumer, delivery, saga.ctx) })),
  );
  return held.filter(({ holds }) => holds === 'other').map(({ place }) => place);
}

/** The old secret ends, at the service and in the vault. */
export async function retire(saga: Saga): Promise<void> {
  const { credential } = saga;
  if (saga.record().strategy === 'overlap') await promote(saga);
  await retireSlots(saga);
  await revokeRest(saga);
  const { to, leaked } = saga.record();
  await retireVersions(saga, credential, to);
  // What leaked of the twin that is left has ended, too.
  if (saga.leaving && leaked?.done) await retireVersions(saga, saga.leaving, leaked.to);
  await tellFailedLogins(saga);
}

async function retireVersions(saga: Saga, { address, vaultName }: Credential, kept: number | undefined): Promise<void> {
  const { vault, now } = saga.ctx;
  for (const { version, state } of await vault.history(vaultName)) {
    if (version === kept || (state !== 'previous' && state !== 'pending')) continue;
    await saga.step('retire', address, async () => {
      await vault.retire(vaultName, version, now());
      return { detail: { version } };
    });
  }
}

/** Logins that failed since the new secret was set were somebody's with the old one. */
async function tellFailedLogins(saga: Saga): Promise<void> {
  const { user } = saga.credential;
  const { failedLogins = 0, locked } = await saga.inspect();
  if (failedLogins === 0 && !locked) return;
  saga.tell({
    code: locked ? 'ROTATION_LOCKED' : 'ROTATION_STALE_LOGINS',
    severity: locked ? 'error' : 'warning',
    subject: user,
    because: `${locked ? 'the user is locked' : `${failedLogins} logins in a row have failed`} since the new secret was set: somebody uses the old one\n${await suspects(saga)}`,
    remedy: `give it the new one, then \`locum unlock ${user}\``,
  });
}

/**
 * Everything goes back to the old secret, which has been valid all the time.
 * @returns false while caches may hold the new one, which ends after that
 */
export async function rollBack(saga: Saga): Promise<boolean> {
  const { credential, ctx, kind } = saga;
  const orphan = saga.record().to === undefined ? await proposedBefore(saga) : undefined;
  if (orphan !== undefined) await saga.update({ to: orphan });
  await sendBack(saga);
  beSureThatAllIsSeen(saga);
  const { from = 0, to, settleUntil = 0 } = saga.record();
  const { minting } = kind;
  // With twins nothing ends now, but the next rotation would end it at once.
  if (ctx.now() < settleUntil) return false;
  if (minting.by === 'locum') await keepWhatIsValid(saga);
  if (minting.by === 'service') await retireMade(saga, minting);
  if (minting.by === 'person' && to !== undefined) await tellRemoval(saga, minting, to);
  for (const { version, state } of await ctx.vault.history(credential.vaultName)) {
    if (state !== 'pending' || version <= from) continue;
    await ctx.vault.retire(credential.vaultName, version, ctx.now());
  }
  return true;
}

/** Whoever went over gets the old secret. */
async function sendBack(saga: Saga): Promise<void> {
  const { credential, ctx, leaving = credential } = saga;
  const { to, deliveries } = saga.record();
  const old = await ctx.vault.open(leaving.vaultName, 'current');
  const made = to === undefined ? undefined : await ctx.vault.openVersion(credential.vaultName, to);
  const fresh = made && { credential, secret: made.secret, version: made.version.version };
  if (!old) return;
  const delivery = { credential: leaving, secret: old.secret, version: old.version.version };
  for (const { kind: place, consumer } of saga.places.filter(({ consumer: { ours } }) => ours)) {
    // A crash may have come between the delivery and its note.
    const gone = deliveries[consumer.address] ?? (fresh && (await place.holds(consumer, fresh, ctx)) !== 'other');
    const held = gone ? await place.holds(consumer, delivery, ctx) : 'this';
    const { back = [] } = saga.record();
    const again = back.includes(consumer.address);
    if (held === 'this' || (held === 'unknown' && again)) continue;
    const settled = () => {
      // Whoever writes there meanwhile keeps it from nobody's end.
      const { settleUntil = 0 } = saga.record();
      return again ? {} : { settleUntil: Math.max(settleUntil, ctx.now() + consumer.staleMs) };
    };
    // Before it is written, too: after a crash nothing tells any more that it held the new one.
    await saga.update(settled());
    await saga.step('roll back', consumer.address, async () => ({
      detail: { version: delivery.version, ...(await place.deliver(consumer, delivery, ctx)) },
    }));
    await saga.update({ ...settled(), back: [...new Set([...back, consumer.address])] });
  }
}

/** What was set at a twin that stands by, and where only the proof was missing, stays what the vault calls current. */
async function keepWhatIsValid(saga: Saga): Promise<void> {
  const { credential, ctx } = saga;
  const { to, sent } = saga.record();
  const history = await ctx.vault.history(credential.vaultName);
  if (!sent || history.find(({ version }) => version === to)?.state !== 'pending') return;
  const there = await arrived(saga, (await saga.inspect()).setAt);
  if (there === 'yes') await promote(saga);
  if (there === 'unknown') throw untold(credential.user, 'somebody spent what it may fail');
}

/** Slots that this rotation made, also those whose reply was lost. */
async function retireMade(saga: Saga, minting: IssuedMinting<unknown>): Promise<void> {
  const { credential, ctx, rotation } = saga;
  const { slot } = saga.record();
  const marked = ((await saga.inspect()).slots ?? []).filter((one) => one.rotation === rotation.id).map(({ id }) => id);
  for (const made of new Set([...(slot === undefined ? [] : [slot]), ...marked])) {
    await saga.step('retire', credential.address, async () => ({
      detail: { slot: made, ...(await minting.retire(credential, made, ctx)) },
    }));
  }
}

/** What a person made stays valid until a person removes it: nobody can be waited for when everything has gone back. */
async function tellRemoval(saga: Saga, minting: GuidedMinting<unknown>, version: number): Promise<void> {
  // After a crash it may be retired already.
  const made = await saga.ctx.vault.openVersion(saga.credential.vaultName, version);
  if (!made) return;
  const task = minting.removing(saga.credential, made.secret);
  saga.tell({
    code: 'ROTATION_REMOVE_BY_HAND',
    severity: 'warning',
    subject: saga.credential.user,
    because: 'the new secret that was made for it is still valid, and nobody uses it',
    remedy: `${task.url}: ${task.steps.at(-1) ?? task.title}`,
  });
}

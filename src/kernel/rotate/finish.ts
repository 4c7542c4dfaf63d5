import { z } from 'zod';
import type { GuidedMinting } from './credential.ts';
import { promote } from './prove.ts';
import { gapOf } from './record.ts';
import { revokeRest } from './revoke.ts';
import type { Place, Saga } from './saga.ts';
import { retireSlots } from './slots.ts';
import { suspects } from './suspects.ts';

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
  const { credential, ctx } = saga;
  const { strategy, to } = saga.record();
  if (strategy === 'overlap') await promote(saga);
  await retireSlots(saga);
  await revokeRest(saga);
  for (const { version, state } of await ctx.vault.history(credential.vaultName)) {
    if (version === to || (state !== 'previous' && state !== 'pending')) continue;
    await saga.step('retire', credential.address, async () => {
      await ctx.vault.retire(credential.vaultName, version, ctx.now());
      return { detail: { version } };
    });
  }
  await tellFailedLogins(saga);
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
    because: `${locked ? 'the user is locked' : `${failedLogins} logins in a row have failed`} since the new secret was set: somebody uses the old one (${await suspects(saga)})`,
    remedy: `give it the new one, then \`locum unlock ${user}\``,
  });
}

/** Everything goes back to the old secret, which has been valid all the time. */
export async function rollBack(saga: Saga): Promise<void> {
  const { credential, ctx, kind } = saga;
  const { to, slot, deliveries } = saga.record();
  const old = await ctx.vault.open((saga.leaving ?? credential).vaultName, 'current');
  for (const { kind: place, consumer } of saga.places) {
    if (!deliveries[consumer.address] || !old) continue;
    const delivery = {
      credential: saga.leaving ?? credential,
      secret: old.secret,
      version: old.version.version,
    };
    if ((await place.holds(consumer, delivery, ctx)) === 'this') continue;
    await saga.step('roll back', consumer.address, async () => ({
      detail: { version: delivery.version, ...(await place.deliver(consumer, delivery, ctx)) },
    }));
  }
  const { minting } = kind;
  if (minting.by === 'service' && slot !== undefined) {
    await saga.step('retire', credential.address, async () => ({
      detail: { slot, ...(await minting.retire(credential, slot, ctx)) },
    }));
  }
  if (minting.by === 'person' && to !== undefined) await tellRemoval(saga, minting);
  // The standby's new secret is valid and proven: it stays what the vault calls current.
  const { prepared } = saga.record();
  for (const { version, state } of await ctx.vault.history(credential.vaultName)) {
    if (state !== 'pending' || (version !== to && version !== prepared)) continue;
    await ctx.vault.retire(credential.vaultName, version, ctx.now());
  }
}

/** What a person made stays valid until a person removes it: nobody can be waited for when everything has gone back. */
async function tellRemoval(saga: Saga, minting: GuidedMinting<unknown>): Promise<void> {
  const task = minting.removing(saga.credential, await saga.minted());
  saga.tell({
    code: 'ROTATION_REMOVE_BY_HAND',
    severity: 'warning',
    subject: saga.credential.user,
    because: 'the new secret that was made for it is still valid, and nobody uses it',
    remedy: `${task.url}: ${task.steps.at(-1) ?? task.title}`,
  });
}

const concluded = z.object({ rotation: z.string() });

/** One entry of the trail that tells the whole. */
export async function conclude({ credential, ctx, records, record, rotation }: Saga): Promise<void> {
  const { strategy, phase, who, why, from, to, deliveries, because, compromised } = record();
  const told = await records.trail.read({ subject: credential.vaultName, limit: 5 });
  // Told before a crash.
  if (told.some(({ change }) => concluded.safeParse(change).data?.rotation === rotation.id)) return;
  const gap = gapOf(record());
  await records.trail.append({
    at: ctx.now(),
    who,
    why,
    subject: credential.vaultName,
    change: {
      rotation: rotation.id,
      strategy,
      ...(compromised ? { compromised } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(gap === undefined ? {} : { gapMs: gap }),
      ...(because === undefined ? {} : { because }),
      consumers: Object.entries(deliveries).map(([address, { state }]) => ({ address, state })),
    },
    result: phase,
  });
}

import { z } from 'zod';
import { promote } from './prove.ts';
import { gapOf } from './record.ts';
import type { Place, Saga } from './saga.ts';
import { suspects } from './suspects.ts';

/** After a leak: tokens that the old secret got end now; where it is still valid, it ends before anybody has the new one. */
export async function revoke(saga: Saga): Promise<void> {
  const { credential, ctx, kind } = saga;
  if (saga.record().strategy === 'overlap') await retireSlots(saga);
  const { revoke: endTokens } = kind;
  if (!endTokens) return;
  await saga.step('revoke', credential.address, async () => ({ detail: await endTokens(credential, ctx) }));
}

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
  for (const { version, state } of await ctx.vault.history(credential.vaultName)) {
    if (version === to || (state !== 'previous' && state !== 'pending')) continue;
    await saga.step('retire', credential.address, async () => {
      await ctx.vault.retire(credential.vaultName, version, ctx.now());
      return { detail: { version } };
    });
  }
  await tellFailedLogins(saga);
}

async function retireSlots(saga: Saga): Promise<void> {
  const { credential, ctx, kind } = saga;
  const { minting } = kind;
  if (minting.by !== 'service') return;
  for (const slot of saga.record().oldSlots) {
    await saga.step('retire', credential.address, async () => ({
      detail: { slot, ...(await minting.retire(credential, slot, ctx)) },
    }));
  }
  await saga.update({ oldSlots: [] });
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
    because: `${locked ? 'the user is locked' : `${failedLogins} logins in a row have failed`} since the new secret was set: somebody uses the old one (${suspects(saga)})`,
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
  // The standby's new secret is valid and proven: it stays what the vault calls current.
  const history = await ctx.vault.history(credential.vaultName);
  if (history.some(({ version, state }) => version === to && state === 'pending') && to !== undefined) {
    await ctx.vault.retire(credential.vaultName, to, ctx.now());
  }
}

const concluded = z.object({ rotation: z.string() });

/** One entry of the trail that tells the whole. */
export async function conclude({ credential, ctx, records, record, rotation }: Saga): Promise<void> {
  const { strategy, phase, who, why, from, to, deliveries, because } = record();
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
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(gap === undefined ? {} : { gapMs: gap }),
      ...(because === undefined ? {} : { because }),
      consumers: Object.entries(deliveries).map(([address, { state }]) => ({ address, state })),
    },
    result: phase,
  });
}

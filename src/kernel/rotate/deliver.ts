import pLimit from 'p-limit';
import { RemoteError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { JsonObject } from '../json.ts';
import type { ConsumerProof, Delivery } from './consumer.ts';
import type { Place } from './job.ts';
import { canGoBack } from './record.ts';
import { RollBack, type Saga, Stopped } from './saga.ts';
import { suspects } from './suspects.ts';

/** Deliveries side by side where every second counts: the old secret has ended. */
const PARALLEL_DELIVERIES = 8;

/** Every consumer of ours gets the new secret and is proven with it. Those that have it are left alone. */
export async function deliver(saga: Saga): Promise<void> {
  const delivery = await saga.delivery();
  const ours = saga.places.filter(({ consumer }) => consumer.ours);
  if (!canGoBack(saga.record())) await supplyAll(saga, ours, delivery);
  // While the old secret is valid they go over one by one: the first that fails keeps the others where they are.
  else for (const place of ours) await supply(saga, place, delivery).catch(toldAs(place, saga));
  const { deliveries, compromised } = saga.record();
  const stale = ours.map(({ consumer }) => (deliveries[consumer.address]?.at ?? saga.ctx.now()) + consumer.staleMs);
  await saga.update({ settleUntil: compromised ? saga.ctx.now() : Math.max(saga.ctx.now(), ...stale) });
}

/** All at once: one that fails keeps no other from getting it. */
async function supplyAll(saga: Saga, places: readonly Place[], delivery: Delivery): Promise<void> {
  const side = pLimit(PARALLEL_DELIVERIES);
  const outcomes = await Promise.allSettled(places.map((place) => side(() => supply(saga, place, delivery))));
  const failed = outcomes.flatMap((outcome, index) => {
    const place = places[index];
    return outcome.status === 'rejected' && place ? [{ place, error: outcome.reason as unknown }] : [];
  });
  const [worst] = [...failed.filter(({ error }) => !(error instanceof RemoteError)), ...failed];
  if (worst) toldAs(worst.place, saga, failed.length - 1)(worst.error);
}

/** That a service did not do what was asked is told with its place; anything else is thrown on. */
function toldAs({ consumer }: Place, { credential: { user } }: Saga, others = 0): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof RemoteError)) throw error;
    throw new Stopped({
      code: 'ROTATION_STOPPED',
      severity: 'error',
      subject: user,
      because: `${consumer.title}${others > 0 ? ` (and ${others} more)` : ''} could not be supplied: ${error.message}`,
      remedy: `${error.remedy ?? 'mend the cause'}, then \`locum rotate ${user}\` goes on with those that are left`,
    });
  };
}

async function supply(saga: Saga, place: Place, delivery: Delivery): Promise<void> {
  const { kind, consumer } = place;
  const known = saga.record().deliveries[consumer.address];
  const held = await kind.holds(consumer, delivery, saga.ctx);
  if (held === 'this' && known?.state === 'proven') return;
  if (canGoBack(saga.record())) await beSureThatNobodyLocksIt(saga);
  // What can't be read back was delivered when we remember it.
  if (held !== 'this' && !(held === 'unknown' && known)) {
    await write(saga, place, delivery);
    await note(saga, place, { state: 'delivered', at: saga.ctx.now() });
  }
  const proof = await use(saga, place, delivery);
  const at = saga.record().deliveries[consumer.address]?.at ?? saga.ctx.now();
  if (proof.status !== 'failed') {
    const because = proof.status === 'unproven' ? { because: proof.because } : {};
    return note(saga, place, { state: proof.status, at, ...because });
  }
  await note(saga, place, { state: 'failed', at, because: proof.because });
  if (canGoBack(saga.record())) throw new RollBack(`${consumer.title}: ${proof.because}`);
  saga.tell(fails(place, proof));
}

/** Writes it; whatever the place said, only a look tells. */
async function write(saga: Saga, { kind, consumer }: Place, delivery: Delivery): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await saga.step('deliver', consumer.address, async () => ({
        detail: { version: delivery.version, ...(await kind.deliver(consumer, delivery, saga.ctx)) },
      }));
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      const held = await kind.holds(consumer, delivery, saga.ctx).catch(() => 'unknown');
      if (held === 'this') return;
      const again = error.outcome === 'unknown' || error.retryable || error.status === 409 || error.status === 412;
      if (!again || attempt >= 2) throw error;
    }
  }
}

/** Uses the consumer as its owner would. */
async function use(saga: Saga, { kind, consumer }: Place, delivery: Delivery): Promise<ConsumerProof> {
  if (!kind.prove) return { status: 'unproven', because: 'it can only be used where it is' };
  let proof: ConsumerProof = { status: 'unproven', because: 'not tried' };
  const { prove } = kind;
  await saga.step('prove', consumer.address, async () => {
    proof = await prove(consumer, delivery, saga.ctx);
    return { detail: factsOf(proof) };
  });
  return proof;
}

function factsOf(proof: ConsumerProof): JsonObject {
  const { status } = proof;
  return status === 'proven' ? { status, evidence: proof.evidence } : { status, because: proof.because };
}

function note(
  saga: Saga,
  { consumer: { address, title } }: Place,
  delivery: { state: 'delivered' | 'proven' | 'unproven' | 'failed'; at: number; because?: string },
): Promise<void> {
  return saga.update({ deliveries: { ...saga.record().deliveries, [address]: { title, ...delivery } } });
}

/** Somebody else's logins with a wrong secret would lock the user to whom we send the consumers. */
async function beSureThatNobodyLocksIt(saga: Saga): Promise<void> {
  const state = await saga.inspect();
  if (!state.locked && (state.failedLogins ?? 0) === 0) return;
  const { user } = saga.credential;
  throw new Stopped({
    code: 'ROTATION_FROZEN',
    severity: 'error',
    subject: user,
    because: `${state.locked ? 'the user is locked' : `${state.failedLogins} logins in a row failed`}: somebody uses a wrong secret, so no consumer is sent over\n${await suspects(saga)}`,
    remedy: `stop it, then \`locum unlock ${user}\` and \`locum rotate ${user}\` to go on`,
  });
}

function fails({ consumer }: Place, proof: Extract<ConsumerProof, { status: 'failed' }>): Finding {
  const { because, remedy } = proof;
  return { code: 'ROTATION_CONSUMER_FAILS', severity: 'error', subject: consumer.address, because, remedy };
}

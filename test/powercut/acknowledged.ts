import type { Store } from '../../src/kernel/ports.ts';
import { Secret } from '../../src/kernel/secret.ts';

/** Manifest of all runs of the writer. */
const MANIFEST = 'acme';

/** What one of the writer's workers does over and over; each call is durable when it returns. */
export const steps = ['begin', 'intend', 'complete', 'end', 'propose', 'promote'] as const;
export type Step = (typeof steps)[number];

/** One acknowledged call: which worker, in which of its rounds, what. */
export interface Acknowledged {
  readonly worker: string;
  readonly round: number;
  readonly step: Step;
}

const runOf = ({ worker, round }: Acknowledged) => `${worker}-${round}`;
const addressOf = (call: Acknowledged) => `ias/user:acme/${runOf(call)}`;
const secretOf = (call: Acknowledged) => `password of ${runOf(call)}`;

export async function perform(store: Store, call: Acknowledged): Promise<void> {
  const { journal, vault } = store;
  const at = call.round;
  const run = runOf(call);
  const address = addressOf(call);
  switch (call.step) {
    case 'begin':
      await journal.begin({ id: run, manifest: MANIFEST, fingerprint: 'f', startedAt: at, who: 'w', why: '' });
      break;
    case 'intend':
      await journal.intend(run, { address, action: 'create', change: {} }, at);
      break;
    case 'complete':
      await journal.complete(run, address, 'done', {}, at);
      break;
    case 'end':
      await journal.end(run, 'succeeded', at);
      break;
    case 'propose':
      await vault.propose(run, new Secret(secretOf(call)), at);
      break;
    case 'promote':
      await vault.promote(run, 1, at);
      break;
  }
}

export function print({ worker, round, step }: Acknowledged): string {
  return `${worker} ${round} ${step}\n`;
}

/** Reads what was printed; a line that was cut off does not count. */
export function parse(text: string): readonly Acknowledged[] {
  return [...text.matchAll(/^(\S+) (\d+) (\w+)\n/gm)].flatMap(([, worker = '', round, name]) => {
    const step = steps.find((known) => known === name);
    return step ? [{ worker, round: Number(round), step }] : [];
  });
}

/**
 * What of the acknowledged calls the store has lost or doubled; empty = nothing. The call after a worker's last
 * acknowledged one may have been done or not.
 */
export async function lost(store: Store, calls: readonly Acknowledged[]): Promise<readonly string[]> {
  const complaints: string[] = [];
  const { entries, brokenAt } = await store.trail.verify();
  if (brokenAt !== undefined) complaints.push(`the trail is broken at ${brokenAt} of ${entries}`);
  const inTrail = new Map<string, number>();
  for (const { subject } of await store.trail.read()) inTrail.set(subject, (inTrail.get(subject) ?? 0) + 1);
  const open = new Map((await store.journal.openRuns(MANIFEST)).map((run) => [run.id, run]));
  const done = new Map<string, Set<Step>>();
  for (const call of calls) done.set(runOf(call), (done.get(runOf(call)) ?? new Set<Step>()).add(call.step));

  for (const call of calls) {
    const run = runOf(call);
    const complain = (because: string): unknown => complaints.push(`${print(call).trim()}: ${because}`);
    const later = done.get(run) ?? new Set<Step>();
    const results = inTrail.get(addressOf(call)) ?? 0;
    const secret = call.step === 'promote' ? await store.vault.open(run, 'current') : undefined;
    if (call.step === 'complete' && results !== 1) complain(`${results} entries in the trail`);
    if (call.step === 'end' && open.has(run)) complain('still open');
    if (call.step === 'begin' && !later.has('complete') && !open.has(run)) complain('not there');
    if (call.step === 'intend' && !later.has('complete')) {
      const isPending = open.get(run)?.pending.length === 1;
      // Exactly one of both: result and trail entry are one transaction.
      if (isPending === (results === 1))
        complain(isPending ? 'pending and in the trail' : 'neither pending nor in the trail');
    }
    if (call.step === 'propose' && (await store.vault.history(run)).length !== 1) complain('no such secret');
    if (call.step === 'promote' && secret?.secret.reveal() !== secretOf(call)) complain('not current');
  }
  return complaints;
}

import { randomUUID } from 'node:crypto';
import type { Hold, RunHead, StepIntent, StoredCopy, StoredRotation } from '../../kernel/ports.ts';

/** When everything of the suites happens; epoch milliseconds. */
export const AT = Date.UTC(2026, 10, 21);

/** A run of a manifest that no other test uses. */
export function aRun(changes: Partial<RunHead> = {}): RunHead {
  return {
    id: randomUUID(),
    manifest: `acme-${randomUUID()}`,
    fingerprint: 'f1',
    startedAt: AT,
    who: 'alice@acme.example',
    why: 'CHG-1',
    ...changes,
  };
}

export function anIntent(changes: Partial<StepIntent> = {}): StepIntent {
  return { address: `ias/user:acme/${randomUUID()}`, action: 'create', change: [{ path: 'active' }], ...changes };
}

export function aRotation(changes: Partial<StoredRotation> = {}): StoredRotation {
  return {
    id: randomUUID(),
    manifest: `acme-${randomUUID()}`,
    credential: `acme/${randomUUID()}`,
    startedAt: AT,
    record: { phase: 'mint' },
    ...changes,
  };
}

export function aHold(changes: Partial<Hold> = {}): Hold {
  return {
    manifest: `acme-${randomUUID()}`,
    subject: 'pipeline',
    kind: 'frozen',
    since: AT,
    who: 'alice@acme.example',
    why: 'leaked',
    record: { taken: [] },
    ...changes,
  };
}

export function aCopy(changes: Partial<StoredCopy> = {}): StoredCopy {
  return {
    manifest: `acme-${randomUUID()}`,
    address: 'consumers/openbao:/secret/acme%2Fpipeline',
    type: 'consumers/openbao',
    user: 'pipeline',
    at: AT,
    props: { target: { to: 'openbao', path: 'acme/pipeline' } },
    ...changes,
  };
}

import { expect, test } from 'vitest';
import type { Rotation, RotationRecord } from '../rotate/record.ts';
import { forecast } from './due.ts';
import { type UnderWay, underWayExpiry } from './under-way.ts';

const NOW = Date.UTC(2026, 10, 21);
const MINUTE = 60_000;

function found(record: Partial<RotationRecord>, more: Partial<UnderWay> = {}) {
  const rotation: Rotation = {
    id: 'r-1',
    manifest: 'acme',
    credential: 'acme/robot',
    startedAt: NOW - 10 * MINUTE,
    record: {
      format: 1,
      strategy: 'in place',
      phase: 'deliver',
      address: 'ias/password:acme/robot',
      who: 'rosa',
      why: 'x',
      compromised: false,
      sent: true,
      again: false,
      oldSlots: [],
      deliveries: {},
      ...record,
    },
  };
  const expiry = underWayExpiry({ rotation, user: 'robot', lacking: ['deploy in prod'], ...more }, NOW);
  const { due, findings } = forecast([expiry], { now: NOW, within: 0 });
  return {
    said: `${due[0]?.status} ${due[0]?.end.because}`,
    findings: findings.map(({ code, severity }) => `${severity} ${code}`),
  };
}

test('one that stopped in the middle is an error, and names who lacks the new secret', () => {
  expect(found({ setAt: NOW - MINUTE })).toEqual({
    said: 'ended it stopped: consumers are to get the new secret; without it, and refused until they have it: deploy in prod',
    findings: ['error ROTATION_STOPPED'],
  });
  expect(found({ phase: 'mint' }).said).toBe('ended it stopped: the new secret is not set yet');
  expect(found({}, { lacking: [] }).said).toContain('all have it, and are to be proven');
  expect(found({}, { lacking: 'no answer' }).said).toContain('could not be looked at: no answer');
});

test('one that is at work or settles is no finding; once caches are over it is to be ended', () => {
  expect(found({}, { atWork: 'rosa' })).toEqual({
    said: 'never it is at work: consumers are to get the new secret; rosa has the lease',
    findings: [],
  });
  expect(found({ phase: 'settle', settleUntil: NOW + MINUTE }).findings).toEqual([]);
  expect(found({ phase: 'settle', settleUntil: NOW - MINUTE }).findings).toEqual(['warning ROTATION_SETTLED']);
});

test('one that waits for a person is a warning, and tells for what', () => {
  const waits = { title: 'make a new secret', since: NOW - MINUTE };
  expect(found({ phase: 'mint', waits })).toEqual({
    said: 'ended it waits for a person to make a new secret',
    findings: ['warning ROTATION_WAITS'],
  });
});

import { expect, test } from 'vitest';
import type { Manifest, TechnicalUser } from '../manifest/types.ts';
import { manifest } from '../testing.ts';
import type { CredentialState } from './credential.ts';
import { isDue } from './due.ts';
import type { Surveyed } from './survey.ts';

const DAY = 86_400_000;
const declared: Manifest = {
  ...manifest,
  technicalUsers: [{ name: 'robot', rotation: { everyMs: 60 * DAY } } as unknown as TechnicalUser],
};
const credential = { user: 'robot' } as Surveyed['credential'];
const dueOn = (state: Partial<CredentialState>, day: number, on = declared) =>
  isDue({ credential, state: { findings: [], ...state } }, on, day * DAY);

test('is due at the age that the manifest names, counted from when it was set', () => {
  expect(dueOn({ setAt: 10 * DAY }, 69)).toBe(false);
  expect(dueOn({ setAt: 10 * DAY }, 70)).toBe(true);
});

test('is due two weeks before its policy ends it, when that is sooner', () => {
  expect(dueOn({ setAt: 0, endsAt: 50 * DAY }, 35)).toBe(false);
  expect(dueOn({ setAt: 0, endsAt: 50 * DAY }, 36)).toBe(true);
  expect(dueOn({ setAt: 0, endsAt: 200 * DAY }, 60)).toBe(true);
});

test('is never due when nothing demands it, or nobody tells its age', () => {
  expect(dueOn({ setAt: 0 }, 9_999, manifest)).toBe(false);
  expect(dueOn({}, 9_999)).toBe(false);
});

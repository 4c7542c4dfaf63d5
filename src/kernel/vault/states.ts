import { InvariantError } from '../errors.ts';
import type { SecretState, SecretVersion } from '../ports.ts';

/** A version that gets another state. */
export interface StateChange {
  readonly version: number;
  readonly state: SecretState;
}

/**
 * What a promotion changes, in an order that never shows two current versions: the one before the current is retired,
 * the current becomes previous, the pending one current. Promoting what is current changes nothing, so that a run can
 * be resumed. Older pending versions stay: one of them may be what a service accepts after a lost reply.
 */
export function promotion(history: readonly SecretVersion[], version: number, name: string): readonly StateChange[] {
  const { state } = find(history, version, name);
  if (state === 'current') return [];
  if (state !== 'pending') throw new InvariantError(`version ${version} of ${name} is ${state}, not pending`);
  return [
    ...history.filter((other) => other.state === 'previous').map((other) => change(other, 'retired')),
    ...history.filter((other) => other.state === 'current').map((other) => change(other, 'previous')),
    { version, state: 'current' },
  ];
}

/** A new version, as it is proposed. */
export function proposed(name: string, version: number, at: number): SecretVersion {
  return { name, version, state: 'pending', createdAt: at, states: [{ state: 'pending', at }] };
}

/** The version in its new state, which it has from `at` on. */
export function changed(version: SecretVersion, { state }: StateChange, at: number): SecretVersion {
  return { ...version, state, states: [...version.states, { state, at }] };
}

/** What retiring a version changes. The current one can't be retired, only replaced. */
export function retirement(history: readonly SecretVersion[], version: number, name: string): readonly StateChange[] {
  const { state } = find(history, version, name);
  if (state === 'retired') return [];
  if (state === 'current') throw new InvariantError(`version ${version} of ${name} is current and can't be retired`);
  return [{ version, state: 'retired' }];
}

/** What the end of a secret changes. */
export function retirementOfAll(history: readonly SecretVersion[]): readonly StateChange[] {
  return history.filter((version) => version.state !== 'retired').map((version) => change(version, 'retired'));
}

/** Which versions are kept, for people: `version 2 current; 1 retired`. Undefined: none but retired ones. Pure. */
export function keptVersions(history: readonly SecretVersion[]): string | undefined {
  const live = history.filter(({ state }) => state !== 'retired');
  if (live.length === 0) return undefined;
  const retired = history.length - live.length;
  const ones = live.map(({ version, state }) => `version ${version} ${state}`).join(', ');
  return retired === 0 ? ones : `${ones}; ${retired} retired`;
}

function find(history: readonly SecretVersion[], version: number, name: string): SecretVersion {
  const found = history.find((one) => one.version === version);
  if (!found) throw new InvariantError(`${name} has no version ${version}`);
  return found;
}

function change({ version }: SecretVersion, state: SecretState): StateChange {
  return { version, state };
}

import fc from 'fast-check';
import { CELLS, type Strike } from './fault.ts';

export const USERS = ['single', 'pair', 'slots', 'guided'] as const;
export type User = (typeof USERS)[number];

export const MOODS = ['there', 'away', 'mistaken'] as const;
/** What a person does, where one is asked: it may be away, or bring something else. */
export type Mood = (typeof MOODS)[number];

/** One call of Locum: a process of its own. */
export interface Call {
  readonly do: 'rotate' | 'abort' | 'unlock' | 'freeze' | 'thaw';
  /** @default the user of the scenario */
  readonly on?: string;
  readonly compromised: boolean;
  /** Whether it waits for caches. */
  readonly wait: boolean;
  readonly mood: Mood;
  readonly strikes: readonly Strike[];
  /** What is stopped goes on, and what is late arrives, after so many more effects. */
  readonly late: number;
  /** By how much its clock is wrong; milliseconds. */
  readonly skew: number;
}

/** What somebody else does. */
export type Happening =
  /** A program with an old secret tries again and again. */
  | { readonly do: 'stale logins'; readonly every: number }
  /** An administrator sets a password at the console. */
  | { readonly do: 'set elsewhere' }
  /** Somebody writes what a place held first back into it. */
  | { readonly do: 'write back'; readonly place: number }
  /** Something does so again and again. */
  | { readonly do: 'keep writing back'; readonly place: number; readonly every: number }
  /** A place is without a role, so that it fails whatever it holds. */
  | { readonly do: 'take a role'; readonly place: number };

/** Then so many milliseconds pass: less than a lease lasts, or more. */
export type Act = (Call | Happening) & { readonly pass: number };

export interface Scenario {
  readonly user: User;
  readonly places: number;
  /** Places that one policy keeps: a password may be replaced after a day, and refuses the first so many that are set. */
  readonly minAgeMs: number;
  readonly picky: number;
  readonly acts: readonly Act[];
}

const HOUR = 3_600_000;

const strike: fc.Arbitrary<Strike> = fc
  .tuple(
    fc.constantFrom(...CELLS),
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
      { weight: 1, arbitrary: fc.integer({ min: 9, max: 60 }) },
    ),
  )
  .map(([cell, nth]) => ({ ...cell, nth }));

const rotate = fc.record({
  do: fc.constant('rotate' as const),
  compromised: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  wait: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  mood: fc.constantFrom(...MOODS),
  strikes: fc.array(strike, { maxLength: 2 }),
  late: fc.integer({ min: 1, max: 120 }),
  skew: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-HOUR, -60_000, 60_000, HOUR) },
  ),
});

/** A freeze that goes on after a thaw freezes again, as it should: what is in charge then is nobody's mistake. */
const comesInTime = (what: Call['do']) => (one: Strike) =>
  (what !== 'freeze' && what !== 'thaw') || (one.fault !== 'pause' && one.fault !== 'arrive late');

const otherCall = fc
  .tuple(rotate, fc.constantFrom('abort' as const, 'unlock' as const, 'freeze' as const, 'thaw' as const))
  .map(([call, what]) => ({ ...call, do: what, compromised: false, strikes: call.strikes.filter(comesInTime(what)) }));

const place = fc.integer({ min: 0, max: 3 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stale logins' as const), every: fc.integer({ min: 3, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set elsewhere' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('write back' as const), place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('keep writing back' as const),
      place,
      every: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take a role' as const), place }) },
);

const act: fc.Arbitrary<Act> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: rotate as fc.Arbitrary<Call | Happening> },
      { weight: 2, arbitrary: otherCall },
      { weight: 2, arbitrary: happening },
    ),
    fc.constantFrom(1_000, 200_000),
  )
  .map(([what, pass]) => ({ ...what, pass }));

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  user: fc.constantFrom(...USERS),
  places: fc.integer({ min: 0, max: 4 }),
  minAgeMs: fc.constantFrom(0, 24 * HOUR),
  picky: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) }),
  acts: fc.array(act, { maxLength: 5 }),
});

/** A call without a fault. */
export const SOUND: Call = {
  do: 'rotate',
  compromised: false,
  wait: true,
  mood: 'there',
  strikes: [],
  late: 1,
  skew: 0,
};

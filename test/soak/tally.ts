import { CELLS, FAULTS, type Fault, MOMENTS, type Moment } from './fault.ts';

/** What the runs came to, so that many that did nothing can't look like many that held. */
export interface Tally {
  struck(moment: Moment, fault: Fault): void;
  /** A call of Locum ended so: an outcome of a rotation, or what stopped it. */
  ended(how: string): void;
  hits(moment: Moment, fault: Fault): number;
  /** One line for people. */
  line(): string;
}

export function createTally(): Tally {
  const strikes = new Map<string, number>();
  const endings = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const keyOf = (moment: Moment, fault: Fault) => `${moment}: ${fault}`;
  const hits = (moment: Moment, fault: Fault) => strikes.get(keyOf(moment, fault)) ?? 0;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  return {
    struck: (moment, fault) => add(strikes, keyOf(moment, fault)),
    ended: (how) => add(endings, how),
    hits,
    line() {
      const faults = FAULTS.map((fault) => `${fault} ${sum(MOMENTS.map((moment) => hits(moment, fault)))}`);
      const moments = MOMENTS.map((moment) => `${moment} ${sum(FAULTS.map((fault) => hits(moment, fault)))}`);
      const never = CELLS.filter((cell) => hits(cell.in, cell.fault) === 0).length;
      const ends = [...endings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([how, count]) => `${how} ${count}`);
      return [
        `struck: ${faults.join(', ')}`,
        `while: ${moments.join(', ')} (${CELLS.length - never} of ${CELLS.length} pairs)`,
        `calls ended: ${ends.join(', ')}`,
      ].join('; ');
    },
  };
}

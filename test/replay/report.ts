import { type Outcome, passedBoth, type Verdict } from './outcome.ts';

/** How many interactions of a command or route came to what. */
interface Counts {
  covered: number;
  passed: number;
  failed: number;
  notEmulated: number;
}

/** The worse of both judgements. */
function verdictOf(outcome: Outcome): Verdict {
  if (passedBoth(outcome)) return 'passed';
  const both = [outcome.client.verdict, outcome.emulator.verdict];
  return both.includes('failed') ? 'failed' : 'not emulated';
}

function count(outcomes: readonly Outcome[]): Counts {
  const of = (verdict: Verdict) => outcomes.filter((outcome) => verdictOf(outcome) === verdict).length;
  const [passed, failed] = [of('passed'), of('failed')];
  return { covered: passed + failed, passed, failed, notEmulated: of('not emulated') };
}

const HEADINGS = ['covered', 'passed', 'failed', 'not emulated'];

/** One line for each command and route, by name. */
export function table(outcomes: readonly Outcome[]): readonly string[] {
  const rows = [...Map.groupBy(outcomes, ({ operation }) => operation)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, all]) => ({ operation, counts: count(all), promised: all.some(({ promised }) => promised) }));
  const width = Math.max(...rows.map(({ operation }) => operation.length), 16);
  const line = (name: string, values: readonly (string | number)[], more = '') =>
    `${name.padEnd(width)}${values.map((value, at) => String(value).padStart((HEADINGS[at]?.length ?? 0) + 2)).join('')}${more}`;
  return [
    line('command or route', HEADINGS),
    ...rows.map(({ operation, counts, promised }) =>
      line(operation, Object.values(counts), promised ? '' : '  (extra)'),
    ),
  ];
}

/** What failed and why: one block for each interaction. */
export function failures(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter((outcome) => verdictOf(outcome) === 'failed')
    .flatMap(({ cassette, index, operation, client, emulator }) => [
      `${cassette} #${index} ${operation}`,
      ...(client.verdict === 'failed' ? client.because.map((text) => `  client: ${cut(text)}`) : []),
      ...(emulator.verdict === 'failed' ? emulator.because.map((text) => `  emulator: ${cut(text)}`) : []),
    ]);
}

export interface Summary extends Counts {
  readonly interactions: number;
  /** Interactions of what the landscape promises; the ratio is about these. */
  readonly promised: number;
  readonly clientPassed: number;
  readonly emulatorPassed: number;
  /** Passed by both judges, of all that are promised. Where nothing is, 1; where nothing was played, 0. */
  readonly ratio: number;
}

export function summary(outcomes: readonly Outcome[]): Summary {
  const promised = outcomes.filter((outcome) => outcome.promised);
  const passed = promised.filter(passedBoth).length;
  return {
    interactions: outcomes.length,
    ...count(outcomes),
    promised: promised.length,
    clientPassed: promised.filter(({ client }) => client.verdict === 'passed').length,
    emulatorPassed: promised.filter(({ emulator }) => emulator.verdict === 'passed').length,
    ratio:
      promised.length === 0 ? Math.min(1, outcomes.length) : Math.floor((passed / promised.length) * 10_000) / 10_000,
  };
}

function cut(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { play } from './play.ts';
import type { Answer, Normal, Scenario, Step, World } from './step.ts';

/** Our own recordings of a service that anybody can run; the only secrets in it are made up. */
export interface Recordings {
  /** Version and commit. */
  readonly service: string;
  readonly rows: ReadonlyMap<string, readonly Recording[]>;
}

export interface Recording {
  readonly scenario: string;
  readonly index: number;
  readonly call: Step;
  readonly answer: Answer;
}

const fileOf = (service: string) => path.resolve(import.meta.dirname, `../../recordings/${service}.jsonl`);

/** @param service as its file in `test/recordings` is called */
export function readRecordings(service: string): Recordings {
  const [header = '', ...lines] = readFileSync(fileOf(service), 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Recording);
  const head = JSON.parse(header) as Record<string, string>;
  return { service: head[service] ?? '', rows: Map.groupBy(rows, ({ scenario }) => scenario) };
}

export interface Recorder {
  /** As its file in `test/recordings` is called. */
  readonly service: string;
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  /** Scenarios that are recorded anew; the others stay as they are. None: all. */
  readonly named: readonly string[];
  readonly answerOf: Normal;
  /** A world without what an earlier scenario has made. */
  start(): Promise<World>;
  /** Version and commit. */
  version(): Promise<string>;
}

/** Records what a service answers; gives how many scenarios could not be played to their end, which is told on stderr. */
export async function record(recorder: Recorder): Promise<number> {
  const { service, title, scenarios, named, answerOf } = recorder;
  const kept = new Map<string, readonly string[]>();
  if (named.length > 0) {
    for (const [name, rows] of readRecordings(service).rows) {
      kept.set(
        name,
        rows.map((row) => JSON.stringify(row)),
      );
    }
  }
  let broken = 0;
  for (const { name, steps } of scenarios) {
    if (named.length > 0 && !named.includes(name)) continue;
    const lines: string[] = [];
    await using world = await recorder.start();
    try {
      for await (const answer of play(world, steps, answerOf)) {
        lines.push(JSON.stringify({ scenario: name, index: lines.length, call: steps[lines.length], answer }));
      }
    } catch (error) {
      console.error(`${name}#${lines.length}: ${error instanceof Error ? error.message : error}`);
      broken++;
    }
    kept.set(name, lines);
    console.error(`${name}: ${lines.length} calls`);
  }
  const header = {
    recording: `what ${title} answered to the scenarios of test/replay/${service}`,
    [service]: await recorder.version(),
    recordedWith: `test/replay/${service}/record.ts`,
  };
  const inOrder = scenarios.flatMap(({ name }) => kept.get(name) ?? []);
  writeFileSync(fileOf(service), `${[JSON.stringify(header), ...inOrder].join('\n')}\n`);
  return broken;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Answer, Step } from './step.ts';

/** Our own recordings of the open-source UAA; the only secrets in it are made up. */
export const RECORDINGS = path.resolve(import.meta.dirname, '../../recordings/uaa.jsonl');

export interface UaaRecording {
  readonly scenario: string;
  readonly index: number;
  readonly call: Step;
  readonly answer: Answer;
}

export interface UaaRecordings {
  /** Version and commit. */
  readonly uaa: string;
  readonly rows: ReadonlyMap<string, readonly UaaRecording[]>;
}

export function readUaaRecordings(): UaaRecordings {
  const [header = '', ...lines] = readFileSync(RECORDINGS, 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as UaaRecording);
  return { uaa: (JSON.parse(header) as { uaa: string }).uaa, rows: Map.groupBy(rows, ({ scenario }) => scenario) };
}

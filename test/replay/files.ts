import { existsSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { type Recording, recording } from './btp-cli/recorded.ts';
import { type Interaction, interaction } from './cf/recorded.ts';
import { linesOf } from './lines.ts';

/** What a file of recordings holds, in order. */
export interface Recorded {
  /** Exchanges with Cloud Foundry, by cassette. */
  readonly cf: ReadonlyMap<string, readonly Interaction[]>;
  /** Exchanges with the command-line server, by cassette. */
  readonly btpCli: ReadonlyMap<string, readonly Recording[]>;
  /** Lines that were edited by hand after recording: they are not played. */
  readonly handWritten: number;
  /** Lines that are neither, and why. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  /** From 1. */
  readonly line: number;
  readonly because: string;
}

/** Reads a file of recordings; what each line is shows in its keys. Throws what the file system, or gzip, says. */
export function readRecorded(file: string): Recorded {
  const cf: Interaction[] = [];
  const btpCli: Recording[] = [];
  const unreadable: Unreadable[] = [];
  let handWritten = 0;
  let number = 0;
  for (const line of linesOf(file)) {
    number++;
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (read.because !== undefined) unreadable.push({ line: number, because: read.because });
    else if ((read.command ?? read.call)?.handWritten === true) handWritten++;
    else if (read.command) btpCli.push(read.command);
    else if (read.call) cf.push(read.call);
  }
  return { cf: sequences(cf), btpCli: sequences(btpCli), handWritten, unreadable };
}

interface Line {
  readonly command?: Recording;
  readonly call?: Interaction;
  readonly because?: string;
}

function readLine(line: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { because: `no JSON: ${error instanceof Error ? error.message.slice(0, 100) : String(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { because: 'no JSON object' };
  const [isCommand, isCall] = ['requestHeaders' in value, 'request_headers' in value];
  if (!isCommand && !isCall) return { because: 'neither a call of Cloud Foundry nor a command' };
  if (isCommand) {
    const read = recording.safeParse(value);
    return read.success ? { command: read.data } : { because: `a command whose ${complaint(read.error)}` };
  }
  const read = interaction.safeParse(value);
  return read.success ? { call: read.data } : { because: `a call of Cloud Foundry whose ${complaint(read.error)}` };
}

function complaint({ issues }: z.ZodError): string {
  return issues.map((issue) => `${issue.path.join('.')} is wrong (${issue.message})`).join(', ');
}

interface Row extends Readonly<Record<string, unknown>> {
  readonly cassette: string;
  readonly index: number;
}

/**
 * By cassette, and by version of its source where it was recorded more than once. Lines may come in any order: their index says when
 * each exchange was; an index that comes again is of another copy of the same sequence.
 */
function sequences<R extends Row>(rows: readonly R[]): ReadonlyMap<string, R[]> {
  const copies = new Map<string, number>();
  const nameOf = ({ cassette, source, index }: R) => {
    const name = source === undefined || source === 'HEAD' ? cassette : `${cassette} (${source})`;
    const copy = (copies.get(`${name} ${index}`) ?? 0) + 1;
    copies.set(`${name} ${index}`, copy);
    return copy === 1 ? name : `${name} [${copy}]`;
  };
  const found = Map.groupBy(rows, nameOf);
  return new Map([...found].map(([name, all]) => [name, all.toSorted((a, b) => a.index - b.index)]));
}

/** Recordings that come with the project's notes, and why they are missing where they are. */
export function sharedRecordings(name: string): { readonly recorded: Recorded; readonly missing?: string } {
  const shared = process.env.LOCUM_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
  const file = path.join(shared, 'cassettes', name);
  if (existsSync(file)) return { recorded: readRecorded(file) };
  const recorded = { cf: new Map(), btpCli: new Map(), handWritten: 0, unreadable: [] };
  return { recorded, missing: `no recordings at ${file}` };
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { asRecording, type Recording } from './btp-cli/recorded.ts';
import { asInteraction, type Interaction } from './cf/recorded.ts';

/** What a file of recordings holds, in order. */
export interface Recorded {
  /** Exchanges with Cloud Foundry, by cassette. */
  readonly cf: ReadonlyMap<string, readonly Interaction[]>;
  /** Exchanges with the command-line server, by cassette. */
  readonly btpCli: ReadonlyMap<string, readonly Recording[]>;
  /** Lines that were edited by hand after recording: they are not played. */
  readonly handWritten: number;
  /** Numbers of lines that are neither. */
  readonly unreadable: readonly number[];
}

/** Reads a file of recordings; what each line is shows in its keys. */
export function readRecorded(file: string): Recorded {
  const cf: Interaction[] = [];
  const btpCli: Recording[] = [];
  const unreadable: number[] = [];
  let handWritten = 0;
  for (const [index, line] of readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    const command = asRecording(value);
    const interaction = command === undefined ? asInteraction(value) : undefined;
    if (command?.handWritten === true || interaction?.handWritten === true) handWritten++;
    else if (command) btpCli.push(command);
    else if (interaction) cf.push(interaction);
    else unreadable.push(index + 1);
  }
  // A sequence can be recorded in several versions of its source.
  const nameOf = ({ cassette, source }: Readonly<Record<string, unknown>>) =>
    source === undefined || source === 'HEAD' ? String(cassette) : `${cassette} (${source})`;
  return {
    cf: inOrder(Map.groupBy(cf, nameOf)),
    btpCli: inOrder(Map.groupBy(btpCli, nameOf)),
    handWritten,
    unreadable,
  };
}

/** Lines may come in any order: their index says when each exchange was. */
function inOrder<R extends { readonly index: number }>(cassettes: ReadonlyMap<string, R[]>): ReadonlyMap<string, R[]> {
  return new Map([...cassettes].map(([name, rows]) => [name, rows.toSorted((a, b) => a.index - b.index)]));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Recordings that come with the project's notes, and why they are missing where they are. */
export function sharedRecordings(name: string): { readonly recorded: Recorded; readonly missing?: string } {
  const shared = process.env.LOCUM_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
  const file = path.join(shared, 'cassettes', name);
  if (existsSync(file)) return { recorded: readRecorded(file) };
  const recorded = { cf: new Map(), btpCli: new Map(), handWritten: 0, unreadable: [] };
  return { recorded, missing: `no recordings at ${file}` };
}

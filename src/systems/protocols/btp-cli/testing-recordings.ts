import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One recorded exchange with the command-line server (fields that the judges need; notes, appendix B). */
export interface Recording {
  readonly cassette: string;
  readonly source: string;
  readonly index: number;
  readonly url: string;
  readonly path: string;
  /** Group and object; null for logins. */
  readonly command: string | null;
  readonly action: string | null;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: {
    readonly paramValues?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
  readonly responseBodyKind: 'json' | 'json-scalar' | 'text' | 'empty';
  readonly responseBodyRaw?: string;
  /** Edited by hand after recording; says nothing about the service. */
  readonly handWritten?: boolean;
}

const FILE = path.join(
  process.env.LOCUM_SHARED ?? path.resolve(import.meta.dirname, '../../../../../shared'),
  'cassettes/btp-cli-server.jsonl',
);

/** Why the recordings can't be read here; undefined when they can. */
export const noRecordings: string | undefined = existsSync(FILE) ? undefined : `no recordings at ${FILE}`;

/** The recordings of protocol v2.106.1, without the hand-written ones; empty where the folder is absent. */
export function readRecordings(): readonly Recording[] {
  if (noRecordings !== undefined) return [];
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recording)
    .filter((recording) => recording.source === 'HEAD' && recording.handWritten !== true);
}

/** Header names of HTTP are case-insensitive; the recordings have Go's spelling. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

/** The recorded body as text. */
export function bodyOf(recording: Recording): string {
  if (recording.responseBodyKind === 'empty') return '';
  return recording.responseBodyRaw ?? JSON.stringify(recording.responseBody);
}

/** `security/trust?list`, or `login`. */
export function operationOf(recording: Recording): string {
  return recording.command === null ? 'login' : `${recording.command}?${recording.action}`;
}

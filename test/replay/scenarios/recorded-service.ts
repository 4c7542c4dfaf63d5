import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../../../src/kernel/context.ts';
import { callOf } from './play.ts';
import type { Recording } from './recordings.ts';
import type { Step } from './step.ts';

export interface RecordedService {
  /** Answers the recorded calls with the recorded answers, in their order; anything else throws. */
  readonly fetch: Context['fetch'];
  /** Recorded calls that nobody has sent. */
  left(): readonly string[];
}

/**
 * A service that knows nothing but a recording: the judge of a client.
 * @param names what stands for the names in it: secrets, tokens
 * @param put fills in what was left out of a recorded answer, such as times
 */
export function recordedService(
  rows: readonly Recording[],
  names: ReadonlyMap<string, string>,
  put: (text: string) => string = (text) => text,
): RecordedService {
  let at = 0;
  return {
    left: () => rows.slice(at).map(({ call }) => titleOf(call)),
    async fetch(input, init) {
      const request = new Request(input, init);
      const row = rows[at++];
      const sent = `${request.method} ${request.url}`;
      if (!row) throw new Error(`${sent} comes after the last recorded call`);
      await compare(request, row.call, names);
      const { status, headers, body } = row.answer;
      const text = put(JSON.stringify(body).replace(/\{([a-z-]+)\}/g, (all, name: string) => names.get(name) ?? all));
      return new Response(status === 204 ? null : text, { status, headers });
    },
  };
}

async function compare(request: Request, step: Step, names: ReadonlyMap<string, string>): Promise<void> {
  const call = callOf(step, names);
  const { pathname, search } = new URL(request.url);
  const fail = (what: string) => new Error(`${request.method} ${pathname}${search}: ${what} of ${titleOf(step)}`);
  if (request.method !== call.method || `${pathname}${search}` !== call.path) throw fail('not the address');
  for (const [name, value] of Object.entries(step.headers ?? {})) {
    if (request.headers.get(name) !== call.headers[name]) throw fail(`not ${name} (${value})`);
  }
  const text = await request.text();
  if (call.body === undefined ? text !== '' : !isDeepStrictEqual(JSON.parse(text), JSON.parse(call.body))) {
    throw fail('not the body');
  }
}

const titleOf = ({ method, path }: Step) => `${method} ${path}`;

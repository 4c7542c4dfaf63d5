import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const FILE = path.join(
  process.env.LOCUM_SHARED ?? path.resolve(import.meta.dirname, '../../../../../../shared'),
  'cassettes/cf-api.jsonl',
);

/** Why the recordings can't be read here; undefined when they can. */
export const noRecordings: string | undefined = existsSync(FILE) ? undefined : `no recordings at ${FILE}`;

const interaction = z.looseObject({
  cassette: z.string(),
  index: z.number(),
  method: z.string(),
  url: z.string(),
  request_headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  request_form: z.record(z.string(), z.array(z.string())).optional(),
  request_body: z.unknown(),
  status: z.number(),
  response_headers: z.record(z.string(), z.union([z.string(), z.array(z.string())]).nullable()),
  response_body: z.unknown(),
});

/** One exchange of a terraform provider with a real SAP landscape. */
export type Interaction = z.infer<typeof interaction>;

/** What a recorded exchange is about, as far as Locum's job has to do with it. */
export type Topic = 'token' | 'root' | 'role' | 'job' | 'user' | 'organization' | 'space';

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['token', /^POST \/oauth\/token$/],
  ['root', /^GET \/$/],
  ['role', /^(GET|POST|DELETE) \/v3\/roles(\/[^/]+)?$/],
  ['job', /^GET \/v3\/jobs\/[^/]+$/],
  ['user', /^GET \/v3\/(users|organizations\/[^/]+\/users|spaces\/[^/]+\/users)$/],
  ['user', /^(GET|POST|DELETE) \/v3\/users(\/[^/]+)?$/],
  ['organization', /^GET \/v3\/organizations(\/[^/]+)?$/],
  ['space', /^(GET|POST|DELETE) \/v3\/spaces(\/[^/]+)?$/],
  ['space', /^GET \/v3\/spaces\/[^/]+\/(features\/ssh|relationships\/isolation_segment)$/],
];

export function topicOf({ method, url }: Interaction): Topic | undefined {
  const { host, pathname } = new URL(url);
  if (!/^(api|uaa|login)\./.test(host)) return undefined;
  return TOPICS.find(([, pattern]) => pattern.test(`${method} ${pathname}`))?.[0];
}

/** The recordings in order, by cassette. */
export function readRecordings(): ReadonlyMap<string, readonly Interaction[]> {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return Map.groupBy(
    lines.map((line) => interaction.parse(JSON.parse(line))),
    (row) => row.cassette,
  );
}

/** A header of a recorded answer, by name in any case. */
export function recordedHeader(row: Interaction, name: string): string | undefined {
  const found = Object.entries(row.response_headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return (Array.isArray(found) ? found[0] : found) ?? undefined;
}

/** The recorded answer as a response, with the body as it was. */
export function recordedResponse(row: Interaction): Response {
  const body = typeof row.response_body === 'string' ? row.response_body : JSON.stringify(row.response_body);
  const headers = new Headers();
  for (const [name, value] of Object.entries(row.response_headers)) headers.set(name, [value ?? ''].flat().join(', '));
  return new Response(row.status === 204 ? null : body, { status: row.status, headers });
}

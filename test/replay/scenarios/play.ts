import type { Answer, Call, Normal, Step, World } from './step.ts';

/** Plays the calls of a scenario one after the other; what an answer was asked to keep is there for the next call. */
export async function* play(world: World, steps: readonly Step[], answerOf: Normal): AsyncGenerator<Answer> {
  const names = new Map(world.names);
  for (const step of steps) {
    if (step.wait !== undefined) await world.wait(step.wait);
    const response = await world.send(callOf(step, names));
    const text = await response.text();
    for (const [name, place] of Object.entries(step.keep ?? {})) {
      const value = keptOf(response, text, place);
      if (value === undefined) throw new Error(`nothing at ${place} for {${name}}: ${response.status} ${text}`);
      names.set(name, value);
    }
    yield answerOf(response, text, names);
  }
}

const NAME = /\{([a-z][a-z0-9-]*)\}/g;

/** A step with every name replaced. */
export function callOf(step: Step, names: ReadonlyMap<string, string>): Call {
  const value = (name: string) => {
    const known = names.get(name);
    if (known === undefined) throw new Error(`nobody has kept {${name}}`);
    return known;
  };
  const put = (text: string, as = (known: string) => known) =>
    text.replace(NAME, (_all, name: string) => as(value(name)));
  const headers: Record<string, string> = { accept: 'application/json' };
  if (step.basic !== undefined) headers.authorization = `Basic ${Buffer.from(put(step.basic)).toString('base64')}`;
  if (step.bearer !== undefined) headers.authorization = `Bearer ${put(step.bearer)}`;
  let body: string | undefined;
  if (step.form) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = String(
      new URLSearchParams(Object.entries(step.form).map(([key, text]): [string, string] => [key, put(text)])),
    );
  } else if (step.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = put(JSON.stringify(step.json), (known) => JSON.stringify(known).slice(1, -1));
  } else if (step.body !== undefined) body = put(step.body);
  for (const [name, text] of Object.entries(step.headers ?? {})) headers[name] = put(text);
  return {
    ...(step.host === undefined ? {} : { host: step.host }),
    method: step.method,
    path: put(step.path, encodeURIComponent),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function keptOf(response: Response, text: string, place: string): string | undefined {
  const [kind, name = ''] = place.split(':', 2);
  if (kind === 'cookie') {
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
    return cookie?.slice(name.length + 1).split(';')[0];
  }
  if (kind === 'header') return response.headers.get(name) ?? undefined;
  if (kind === 'location') {
    const location = new URL(response.headers.get('location') ?? '', 'https://nowhere.invalid');
    return location.searchParams.get(name) ?? new URLSearchParams(location.hash.slice(1)).get(name) ?? undefined;
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (place === 'body') return typeof found === 'string' ? found : undefined;
  for (const part of place.split('.')) found = (found as Record<string, unknown> | null | undefined)?.[part];
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

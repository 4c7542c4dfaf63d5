import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { type Landscape, startLandscape } from './landscape.ts';
import { backendOf, bodyOf, headerOf, operationOf, type Recording, succeeded } from './recorded.ts';
import { misfits } from './shape.ts';
import { standIn } from './stand-ins.ts';
import type { Survey } from './survey.ts';
import { foreignHeaders, GONE, isGone, isOfItsTime, todaysHeader, todaysPath } from './times.ts';

const MINUTE = 60_000;

/** Plays a sequence on emulators that have what it shows to have been there, and compares every answer. */
export async function judgeByEmulator(cassette: readonly Recording[], known: Survey): Promise<readonly Judgement[]> {
  const landscape = await startLandscape(cassette, known).catch(() => startWithoutDamaged(cassette, known));
  let session = '';
  /** Ids that the service made, and those that the emulators made in their place. */
  const ids = new Map<string, string>();
  const translated = (text: string) => [...ids].reduce((done, [theirs, ours]) => done.replaceAll(theirs, ours), text);
  const judgements: Judgement[] = [];
  for (const recorded of cassette) judgements.push(await judgeOne(() => play(recorded)));
  return judgements;

  async function play(recorded: Recording): Promise<Judgement> {
    if (isGone(recorded) && recorded.command !== null) return GONE;
    if (isSettled(recorded)) landscape.emulators.advance(MINUTE);
    landscape.identityProvider.reachable = recorded.status !== 504;
    const response = await send(landscape, recorded, session, known, translated);
    const text = await response.text();
    session = response.headers.get('x-cpcli-sessionid') ?? session;
    learnIds(ids, recorded, text);
    return isGone(recorded) ? GONE : verdictOn(recorded, response, text, translated(bodyOf(recorded)), known);
  }
}

/** A landscape without what can't be planted: answers that were damaged fail alone, and those beside them can be played. */
async function startWithoutDamaged(cassette: readonly Recording[], known: Survey): Promise<Landscape> {
  const own: Survey = { ...known, hierarchy: undefined };
  let usable: readonly Recording[] = cassette.filter(({ command }) => command === null);
  for (const recorded of cassette.filter(({ command }) => command !== null)) {
    const more = [...usable, recorded];
    const works = await startLandscape(more, own).then(
      () => true,
      () => false,
    );
    if (works) usable = more;
  }
  return startLandscape(usable, own);
}

async function send(
  { emulators, tenant }: Landscape,
  recorded: Recording,
  session: string,
  { globalAccount }: Survey,
  translated: (text: string) => string,
): Promise<Response> {
  const login = recorded.command === null;
  const headers = new Headers(recorded.requestHeaders);
  headers.delete('content-length');
  for (const name of foreignHeaders(recorded)) headers.delete(name);
  if (!login) headers.set('x-cpcli-subdomain', headers.get('x-cpcli-subdomain') ?? globalAccount);
  if (!login) headers.set('x-cpcli-sessionid', session);
  const body = login
    ? { ...recorded.requestBody, customIdp: tenant }
    : succeeded(recorded)
      ? await standIn(recorded)
      : recorded.requestBody;
  return emulators.fetch(`https://cli.btp.cloud.sap${todaysPath(recorded)}`, {
    method: 'POST',
    headers,
    body: `${translated(JSON.stringify(body))}\n`,
  });
}

function verdictOn(recorded: Recording, response: Response, text: string, expected: string, known: Survey): Judgement {
  // What no slice mounts is answered by the host itself, not by the command-line server.
  if (response.status === 501 || (response.status === 404 && !response.headers.has('x-vcap-request-id'))) {
    return { verdict: 'not emulated', because: [`${operationOf(recorded)} is not emulated`] };
  }
  return judged(differences(recorded, response, text, expected, known));
}

const HEADERS = [
  'content-type',
  'x-cpcli-backend-status',
  'x-cpcli-backend-mediatype',
  'x-cpcli-backend-message',
  'x-cpcli-server-message',
];

function differences(
  recorded: Recording,
  response: Response,
  text: string,
  expected: string,
  known: Survey,
): readonly string[] {
  const found: string[] = [];
  if (response.status !== recorded.status) found.push(`status ${response.status}, not ${recorded.status}`);
  for (const name of HEADERS) {
    const [ours, theirs] = [response.headers.get(name) ?? undefined, todaysHeader(recorded, name)];
    if (ours !== theirs) found.push(`${name}: ${ours}, not ${theirs}`);
  }
  const session = headerOf(recorded.responseHeaders, 'x-cpcli-sessionid') !== undefined;
  if (foreignHeaders(recorded).length === 0 && response.headers.has('x-cpcli-sessionid') !== session)
    found.push('session header');
  if (found.length > 0) return [...found, text.slice(0, 200)].filter((one) => one !== '');
  if (recorded.responseBodyKind !== 'json') return text === expected ? [] : [`body ${text.slice(0, 80)}`];
  const refusal = recorded.responseBody as Readonly<Partial<Record<string, unknown>>>;
  // Service Manager ends its errors with a newline, which was lost where the recording keeps JSON only.
  if ((refusal.error ?? refusal.ErrorMessage ?? refusal.error_message) !== undefined) {
    return byReference(text.trimEnd()) === byReference(expected) ? [] : [`error ${text}, not ${expected}`];
  }
  const ill = misfits(JSON.parse(text) as unknown, known.shapeFor(recorded));
  return ill.filter((misfit) => !isOfItsTime(recorded, misfit));
}

/** Ids by the place of their first mention: those that a refusal makes are nowhere else. */
function byReference(text: string): string {
  const ids: string[] = [];
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `<id ${ids.indexOf(id)}>`;
  });
}

/** How long the service took is not judged, only what it came to: deleted is gone, and created is there. */
function isSettled(recorded: Recording): boolean {
  const { state, entityState } = (recorded.responseBody ?? {}) as { readonly state?: string; entityState?: string };
  const over = /^(OK|SUBSCRIBED|NOT_SUBSCRIBED|\w+_FAILED)$/.test(state ?? entityState ?? '');
  return recorded.action === 'get' && (backendOf(recorded) === 404 || over);
}

type Row = Readonly<Record<string, unknown>>;

/** Ids of what was made, and of what every landscape has its own of: offerings and plans. */
function learnIds(ids: Map<string, string>, recorded: Recording, text: string): void {
  const operation = operationOf(recorded);
  const catalogue = /^services\/(offering|plan)\?(get|list)$/.test(operation);
  if (!catalogue && !/^(create|register)$/.test(recorded.action ?? '')) return;
  const [theirs, ours] = [rowsOf(recorded.responseBody), rowsOf(/^[[{]/.test(text) ? JSON.parse(text) : undefined)];
  for (const [index, row] of theirs.entries()) {
    const made = catalogue && theirs.length > 1 ? ours.find(({ name }) => name === row.name) : ours[index];
    for (const [key, value] of Object.entries(row)) {
      const mine = made?.[key];
      if (/^(guid|id)$/.test(key) && typeof value === 'string' && typeof mine === 'string' && mine !== value)
        ids.set(value, mine);
    }
  }
}

function rowsOf(body: unknown): readonly Row[] {
  const rows = Array.isArray(body) ? body : [body];
  return rows.filter((row): row is Row => typeof row === 'object' && row !== null);
}

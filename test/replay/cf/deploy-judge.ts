import { createDeployStore, mtaKey } from '../../../src/systems/ctms/emulator/deploy-service/store.ts';
import { fileForm, mtar, startLandscape } from '../../../src/systems/ctms/emulator/testing/landscape.ts';
import { startMtaPlugin } from '../../../src/systems/ctms/emulator/testing/mta-plugin.ts';
import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { at, listAt, objectAt, textAt, textsAt } from './json.ts';
import { GUID, type Interaction, recordedHeader, serviceOf } from './recorded.ts';

/** Calls of the deploy service by `cf deploy` and those who do as it does. */
export function isOfDeployService(row: Interaction): boolean {
  return serviceOf(row) === 'deploy-service';
}

const ARCHIVE = 'a.archive';
const FINAL = /^(FINISHED|ERROR|ABORTED)$/;
/** Longer than any process of the emulator takes. */
const LATER_MS = 40_000;

/**
 * Plays the calls of a cassette. What was uploaded is lost in recordings: a small archive of the same MTA is deployed in its place, so
 * messages, size and digest are its own, and a deployed MTA is as it was recorded.
 */
export async function judgeByDeployService(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const landscape = await startLandscape();
  const store = createDeployStore({ state: landscape.state });
  const plugin = await startMtaPlugin(landscape);
  const ours = new Map<string, string>();
  const translate = (text: string) => text.replace(GUID, (guid) => ours.get(guid) ?? guid);
  const made = new Set<string>();
  const judgements: Judgement[] = [];
  for (const row of rows) judgements.push(await judgeOne(() => play(row)));
  return judgements;

  async function play(row: Interaction): Promise<Judgement> {
    const { pathname, search, searchParams } = new URL(row.url);
    const [, , , , space = '', collection, id] = pathname.split('/');
    if (space !== '') ours.set(space, plugin.space);
    // The address that the file is fetched from is nobody's here.
    if (pathname.includes('/files/async') || pathname.includes('/files/jobs/')) return NOT_HERE;
    if (row.method === 'GET') plant(row, collection);
    if (id !== undefined && FINAL.test(textAt(row.response_body, 'state') ?? '')) landscape.advance(LATER_MS);
    const upload = collection === 'files' && row.method === 'POST';
    const body = upload
      ? fileForm(fileName(row), archiveFor(row))
      : row.method === 'POST' && row.request_body !== ''
        ? (JSON.parse(translate(JSON.stringify(row.request_body))) as unknown)
        : undefined;
    const response = await plugin.call(row.method, `${translate(pathname)}${search}`, body);
    const text = await response.text();
    if (response.status !== row.status) return judged([`status ${response.status}, not ${row.status}: ${text}`]);
    const location = recordedHeader(row, 'location');
    const found: string[] = [];
    if (location !== undefined) {
      const actual = response.headers.get('location') ?? '';
      bind(location.match(GUID)?.at(-1), actual.match(GUID)?.at(-1));
      if (translate(location) !== actual) found.push(`location: ${actual}`);
    }
    if (typeof row.response_body === 'string') {
      return judged(text === row.response_body ? found : [...found, `${text}, not ${row.response_body}`]);
    }
    const answer: unknown = JSON.parse(text);
    if (upload) bind(textAt(row.response_body, 'id'), textAt(answer, 'id'));
    return judged([...found, ...differences(answer, row.response_body, searchParams.has('embed'))]);
  }

  /** An archive of the MTA that is deployed next; none at all where that failed. */
  function archiveFor(row: Interaction): Uint8Array | string {
    const later = rows.slice(rows.indexOf(row) + 1);
    const start = later.findIndex((one) => textAt(one.request_body, 'processType') !== undefined);
    const location = later[start] && recordedHeader(later[start], 'location');
    const id = location?.match(GUID)?.at(-1) ?? '';
    const failed = later.some(
      (one) => textAt(one.response_body, 'processId') === id && textAt(one.response_body, 'state') === 'ERROR',
    );
    const mta = textAt(later[start]?.request_body, 'parameters', 'mtaId') ?? ARCHIVE;
    return failed ? 'no archive' : mtar(mta, '0.0.0');
  }

  function bind(recorded: string | undefined, emulated: string | undefined): void {
    if (recorded === undefined || emulated === undefined) return;
    ours.set(recorded, emulated);
    made.add(recorded);
  }

  /** Processes that others have started, and MTAs as they were recorded. */
  function plant(row: Interaction, collection: string | undefined): void {
    const shown = Array.isArray(row.response_body) ? (row.response_body as readonly unknown[]) : [];
    for (const one of collection === 'operations' ? shown : []) {
      const [id, mtaId, namespace, startedAt] = ['processId', 'mtaId', 'namespace', 'startedAt'].map((key) =>
        textAt(one, key),
      );
      if (id === undefined || made.has(id)) continue;
      const time = Date.parse((startedAt ?? '').replace('[UTC]', ''));
      const state = textAt(one, 'state') === 'ACTION_REQUIRED' ? 'ACTION_REQUIRED' : 'ERROR';
      store.operations.set(id, {
        id,
        landscape: 'eu10-004',
        space: plugin.space,
        processType: textAt(one, 'processType') ?? 'DEPLOY',
        ...(mtaId === undefined ? {} : { mtaId }),
        ...(namespace === undefined ? {} : { namespace }),
        user: textAt(one, 'user') ?? '',
        parameters: {},
        startedAt: time,
        endsAt: time,
        outcome: state,
        errorType: 'CONTENT',
        messages: [],
      });
    }
    for (const one of collection === 'mtas' ? shown : []) {
      const { id, version, namespace } = objectAt(one, 'metadata') as Readonly<Record<string, string>>;
      const key = { space: plugin.space, id: id ?? '', ...(namespace === undefined ? {} : { namespace }) };
      const modules = listAt(one, 'modules').map((module) => ({
        moduleName: textAt(module, 'moduleName') ?? '',
        appName: textAt(module, 'appName') ?? '',
        provided: textsAt(module, 'providedDendencyNames'),
        services: textsAt(module, 'services'),
      }));
      store.mtas.set(mtaKey(key), { ...key, version: version ?? '', modules, services: textsAt(one, 'services') });
    }
  }

  /** Keys, and the values that do not come of the archive, of who deploys, or of the time. */
  function differences(actual: unknown, expected: unknown, withMessages: boolean, where = ''): readonly string[] {
    if (Array.isArray(actual) && Array.isArray(expected)) {
      const shared = actual.length === expected.length || OF_ARCHIVE.test(where);
      if (!shared) return [`${where}: ${actual.length} elements, not ${expected.length}`];
      return expected.flatMap((one, index) =>
        index < actual.length ? differences(actual[index], one, withMessages, `${where}[]`) : [],
      );
    }
    if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
      if (OWN.test(where)) return typeof actual === typeof expected ? [] : [`${where}: ${String(actual)}`];
      const wanted = typeof expected === 'string' ? translate(expected) : expected;
      return actual === wanted ? [] : [`${where}: ${String(actual)}, not ${String(wanted)}`];
    }
    const [mine, theirs] = [Object.keys(actual), Object.keys(expected)];
    return [
      ...theirs.filter((key) => !mine.includes(key) && key !== SPELT_RIGHT).map((key) => `${where}.${key}: missing`),
      ...mine
        .filter((key) => !theirs.includes(key) && key !== SPELT_WRONG)
        .map((key) => `${where}.${key}: not recorded`),
      ...theirs
        .filter((key) => mine.includes(key))
        .flatMap((key) => differences(at(actual, key), at(expected, key), withMessages, `${where}.${key}`)),
    ];
  }
}

const NOT_HERE: Judgement = {
  verdict: 'not emulated',
  because: ['the archive behind the address was not recorded'],
};

/** Two spellings, both recorded in 2024, the wrong one ever since. */
const [SPELT_RIGHT, SPELT_WRONG] = ['providedDependencyNames', 'providedDendencyNames'];

const OF_ARCHIVE = /\.(messages|uris)$/;
const OWN = /\.(size|digest|user|timestamp|startedAt|endedAt|errorType)$|\.messages\[\]\.\w+$|\.uris\[\]$/;

/** What a damaged form still tells of its file. */
function fileName(row: Interaction): string {
  return /filename="([^"]+)"/.exec(String(row.request_body))?.[1] ?? 'archive.mtar';
}

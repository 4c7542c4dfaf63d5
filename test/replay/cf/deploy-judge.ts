import { Hono } from 'hono';
import type { EmulatorDefinition } from '../../../src/emulation/emulator.ts';
import { type HostEnv, mount } from '../../../src/emulation/mount.ts';
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
/** Longer than the Cloud Controller lets the name of an app be. */
const REFUSED_NAME = 'a'.repeat(256);
const FINAL = /^(FINISHED|ERROR|ABORTED)$/;
/** Longer than any process or download of the emulator takes. */
const LATER_MS = 40_000;

/**
 * Plays the calls of a cassette. What was uploaded is lost in recordings: a small archive of the same MTA is deployed in its place, so
 * messages, size and digest are its own, and a deployed MTA is as it was recorded.
 */
export async function judgeByDeployService(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const remote: RemoteFiles = { content: '' };
  const landscape = await startLandscape({ more: remoteHosts(rows, remote) });
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
    if (row.method === 'GET') plant(row, collection);
    const state = textAt(row.response_body, 'state') ?? textAt(row.response_body, 'status');
    if (id !== undefined && FINAL.test(state ?? '')) landscape.advance(LATER_MS);
    if (fetchedFrom(row) !== undefined) remote.content = archiveFor(row);
    const upload = collection === 'files' && row.method === 'POST' && id === undefined;
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
    bind(textAt(row.response_body, 'file', 'id'), textAt(answer, 'file', 'id'));
    const others = differences(answer, row.response_body, searchParams.has('embed'));
    return judged([...found, ...others.filter((one) => !(state === 'RUNNING' && one === LOCKED_SOONER))]);
  }

  /** An archive of the MTA that is deployed next; where that failed one that fails too, before or after it has the lock. */
  function archiveFor(row: Interaction): Uint8Array | string {
    const later = rows.slice(rows.indexOf(row) + 1);
    const start = later.findIndex((one) => textAt(one.request_body, 'processType') !== undefined);
    const location = later[start] && recordedHeader(later[start], 'location');
    const id = location?.match(GUID)?.at(-1) ?? '';
    const failed = later.find(
      (one) => textAt(one.response_body, 'processId') === id && textAt(one.response_body, 'state') === 'ERROR',
    );
    const mta = textAt(later[start]?.request_body, 'parameters', 'mtaId') ?? ARCHIVE;
    if (failed === undefined) return mtar(mta, '0.0.0');
    return at(failed.response_body, 'acquiredLock') === true ? mtar(mta, '0.0.0', [REFUSED_NAME]) : 'no archive';
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
        messages: at(one, 'acquiredLock') === false ? [withoutLock(time)] : [],
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
        .filter((key) => !theirs.includes(key) && key !== SPELT_WRONG && key !== SCHEMA_VERSION)
        .map((key) => `${where}.${key}: not recorded`),
      ...theirs
        .filter((key) => mine.includes(key))
        .flatMap((key) => differences(at(actual, key), at(expected, key), withMessages, `${where}.${key}`)),
    ];
  }
}

/** A process that failed without the lock of its MTA met another that had it. */
const withoutLock = (at: number) => ({ id: 1, type: 'ERROR', text: 'Conflicting process', at }) as const;

interface RemoteFiles {
  /** What every recorded address gives. */
  content: Uint8Array | string;
}

/** The hosts that the deploy service fetches from. What they gave was not recorded. */
function remoteHosts(rows: readonly Interaction[], remote: RemoteFiles): EmulatorDefinition {
  const hosts = [...new Set(rows.flatMap((row) => fetchedFrom(row)?.host ?? []))];
  const app = new Hono<HostEnv>().get('*', (c) => c.body(Buffer.from(remote.content)));
  return {
    id: 'remote-files',
    create: () => ({ mounts: hosts.map((host) => mount(host, () => [host], app)), seed: async () => undefined }),
  };
}

/** Address of the file that a call has the deploy service fetch. */
function fetchedFrom(row: Interaction): URL | undefined {
  const encoded = row.method === 'POST' ? textAt(row.request_body, 'file_url') : undefined;
  return URL.parse(Buffer.from(encoded ?? '', 'base64url').toString('utf8')) ?? undefined;
}

/** Two spellings, both recorded in 2024, the wrong one ever since. */
const [SPELT_RIGHT, SPELT_WRONG] = ['providedDependencyNames', 'providedDendencyNames'];

/** Of the archive; not shown in 2024, when files were first fetched. */
const SCHEMA_VERSION = 'schema_version';

/** When a process has the lock of its MTA is of the time that it takes. */
const LOCKED_SOONER = '.acquiredLock: true, not false';

const OF_ARCHIVE = /\.(messages|uris)$/;
const OWN = /\.(size|digest|user|timestamp|startedAt|endedAt|errorType)$|\.messages\[\]\.\w+$|\.uris\[\]$/;

/** What a damaged form still tells of its file. */
function fileName(row: Interaction): string {
  return /filename="([^"]+)"/.exec(String(row.request_body))?.[1] ?? 'archive.mtar';
}

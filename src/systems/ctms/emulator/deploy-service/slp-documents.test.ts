import { expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import { type Element, readXml } from '../slp-xml.ts';
import { DEPLOY, mtar, robotToken, startLandscape } from '../testing/landscape.ts';

const SERVICE = 'xs2-deploy';

/** The two ways to name a space. */
const ROOTS: readonly (readonly [name: string, rootOf: (landscape: Emulators) => string])[] = [
  ['by its names', () => `${DEPLOY}/slprot/acme-dev/app/slp`],
  [
    'by its GUID',
    (landscape) => {
      const guid = landscape.world.use('cloudFoundry').spaceGuid('eu10-004', 'acme-dev', 'app');
      return `${DEPLOY}/slprot/${guid}/slp`;
    },
  ],
];

/** A client of the protocol in a space, with its session. */
async function open(rootOf: (landscape: Emulators) => string, options: Parameters<typeof startLandscape>[0] = {}) {
  const landscape = await startLandscape(options);
  const root = rootOf(landscape);
  const authorization = `Bearer ${await robotToken(landscape)}`;
  const first = await landscape.fetch(`${root}/metadata`, { headers: { authorization } });
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { authorization, cookie, 'x-csrf-token': first.headers.get('x-csrf-token') ?? '' };
  async function call(method: string, path: string, body?: FormData | string) {
    const response = await landscape.fetch(`${root}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text: await response.text() };
  }
  /** A document that is there. */
  async function read(path: string): Promise<Element> {
    const { status, type, text } = await call('GET', path);
    expect([status, type], path).toEqual([200, 'application/xml']);
    const document = readXml(text);
    if (!document) throw new Error(`${path}: ${text}`);
    return document;
  }
  async function upload(name = 'shop.mtar'): Promise<string> {
    const form = new FormData();
    form.set('files', new Blob([Buffer.from(mtar())]), name);
    const { text } = await call('POST', `/services/${SERVICE}/files`, form);
    return readXml(text)?.child('File')?.child('id')?.text ?? '';
  }
  /** Starts a deployment; gives its id. */
  async function deploy(archive: string): Promise<string> {
    const parameter = `<Parameter><id>appArchiveId</id><value>${archive}</value></Parameter>`;
    const body = `<Process><service>${SERVICE}</service><parameters>${parameter}</parameters></Process>`;
    const { text } = await call('POST', `/services/${SERVICE}/processes`, body);
    return readXml(text)?.child('id')?.text ?? '';
  }
  return { landscape, call, read, upload, deploy };
}

const textOf = (element: Element | undefined, ...path: readonly string[]) =>
  path.reduce((at, name) => at?.child(name), element)?.text;
const idsOf = (list: Element, name: string) => list.children(name).map((one) => textOf(one, 'id'));

test.for(ROOTS)('services of a space %s, each with its parameters, versions and addresses', async ([, rootOf]) => {
  const { read } = await open(rootOf);
  expect(idsOf(await read('/services'), 'Service')).toContain(SERVICE);
  const service = await read(`/services/${SERVICE}`);
  expect(['id', 'processes', 'files', 'versions'].map((name) => textOf(service, name))).toEqual([
    SERVICE,
    `services/${SERVICE}/processes`,
    `services/${SERVICE}/files`,
    `services/${SERVICE}/versions`,
  ]);
  const parameters = await read(`/services/${SERVICE}/parameters`);
  expect(idsOf(parameters, 'Parameter')).toEqual(idsOf(service.child('parameters') ?? parameters, 'Parameter'));
  expect(idsOf(parameters, 'Parameter')).toContain('appArchiveId');
  expect(textOf(await read(`/services/${SERVICE}/versions`), 'ComponentVersion', 'component')).toBe(SERVICE);
});

test.for(ROOTS)('files of a space %s are kept until they are deleted, one or all', async ([, rootOf]) => {
  const { call, read, upload } = await open(rootOf);
  const files = `/services/${SERVICE}/files`;
  const [one, two, three] = [await upload('one.mtar'), await upload('two.mtar'), await upload('three.mtar')];
  const listed = await read(files);
  expect(idsOf(listed, 'File')).toEqual([one, two, three]);
  expect(textOf(listed, 'File', 'fileSize')).toBe(String(mtar().length));
  expect(await call('DELETE', `${files}/${two}`)).toMatchObject({ status: 204, text: '' });
  expect(idsOf(await read(files), 'File')).toEqual([one, three]);
  expect(await call('DELETE', `${files}/${two}`)).toMatchObject({
    status: 404,
    text: `File "${two}" was not found.`,
  });
  expect((await call('DELETE', files)).status).toBe(204);
  expect(idsOf(await read(files), 'File')).toEqual([]);
  expect((await call('POST', files, '')).status).toBe(500);
  for (const [method, path] of [
    ['GET', files],
    ['POST', files],
    ['DELETE', files],
    ['DELETE', `${files}/${one}`],
  ] as const) {
    expect((await call(method, path.replace(SERVICE, 'unknown'))).status, `${method} ${path}`).toBe(404);
  }
});

test.for(ROOTS)('a process in a space %s tells what it does, and how it ended', async ([, rootOf]) => {
  const { landscape, call, read, upload, deploy } = await open(rootOf);
  const id = await deploy(await upload());
  const run = `/runs/${SERVICE}/${id}`;
  expect(idsOf(await read('/processes'), 'Process')).toEqual([id]);
  expect(idsOf(await read(`/services/${SERVICE}/processes`), 'Process')).toEqual([id]);
  expect(idsOf(await read('/services/xs2-undeploy/processes'), 'Process')).toEqual([]);
  const process = await read(`/processes/${id}`);
  expect([textOf(process, 'rootURL'), textOf(process, 'status')]).toEqual([run.slice(1), 'slp.process.state.ACTIVE']);
  expect(textOf(await read(`/processes/${id}/service`), 'id')).toBe(SERVICE);
  expect(textOf(await read(`${run}/metadata`), 'slmpversion')).toBe('1.2.0');
  const tasks = await read(`${run}/tasklist`);
  expect(idsOf(tasks, 'Task')).toEqual([id]);
  const task = await read(`${run}/tasklist/${id}`);
  expect([textOf(task, 'status'), textOf(task, 'logs')]).toEqual(['slp.task.state.RUNNING', `tasklist/${id}/logs`]);
  expect(idsOf(await read(`${run}/tasklist/${id}/logs`), 'Log')).toEqual(['OPERATION.log']);
  expect(idsOf(await read(`${run}/actions`), 'Action')).toEqual(['abort']);
  // No error as long as it runs, nor after it went well.
  for (const path of [`${run}/error`, `${run}/tasklist/${id}/error`]) {
    expect(await call('GET', path), path).toMatchObject({ status: 404, text: `Process "${id}" has no error.` });
  }
  await landscape.sleep(5000);
  expect(textOf(await read(`${run}/tasklist/${id}`), 'status')).toBe('slp.task.state.FINISHED');
  expect(idsOf(await read(`${run}/actions`), 'Action')).toEqual([]);
  expect(idsOf(await read(`${run}/logs`), 'Log')).toEqual(['OPERATION.log']);
  const log = await read(`${run}/logs/OPERATION.log`);
  const content = await call('GET', `${run}/logs/OPERATION.log/content`);
  expect([content.status, content.type]).toEqual([200, 'text/plain;charset=UTF-8']);
  expect(textOf(log, 'size')).toBe(String(Buffer.byteLength(content.text)));
  expect((await call('GET', `${run}/error`)).status).toBe(404);
});

test.for(ROOTS)(
  'a process in a space %s that failed says why, and can be aborted in three ways',
  async ([, rootOf]) => {
    const { landscape, call, read, deploy } = await open(rootOf);
    const aborts = [
      (id: string) => call('POST', `/runs/${SERVICE}/${id}/actions/abort`),
      (id: string) => call('DELETE', `/processes/${id}`),
      (id: string) => call('DELETE', `/services/${SERVICE}/processes/${id}`),
    ];
    for (const abort of aborts) {
      const id = await deploy('none');
      const run = `/runs/${SERVICE}/${id}`;
      await landscape.sleep(5000);
      const error = await read(`${run}/error`);
      expect(textOf(error, 'description')).toContain('File with ID "none" does not exist');
      expect(textOf(await read(`${run}/tasklist/${id}/error`), 'id')).toBe(textOf(error, 'id'));
      const task = await read(`${run}/tasklist/${id}`);
      expect([textOf(task, 'status'), textOf(task, 'error')]).toEqual(['slp.task.state.ERROR', `tasklist/${id}/error`]);
      expect(idsOf(await read(`${run}/actions`), 'Action')).toEqual(['abort', 'retry']);
      expect(await abort(id)).toMatchObject({ status: 204, text: '' });
      expect(textOf(await read(`${run}/tasklist/${id}`), 'status')).toBe('slp.task.state.ABORTED');
      // What is over takes no more actions.
      expect((await abort(id)).status).toBe(400);
    }
    expect((await call('POST', `/runs/${SERVICE}/${await deploy('none')}/actions/dance`)).status).toBe(400);
  },
);

test.for(ROOTS)('what is not there in a space %s is not found', async ([, rootOf]) => {
  const { call, upload, deploy } = await open(rootOf);
  const id = await deploy(await upload());
  const run = `/runs/${SERVICE}/${id}`;
  const missing = [
    ...['', '/parameters', '/versions', '/processes'].map((below) => `GET /services/unknown${below}`),
    ...['', '/service'].map((below) => `GET /processes/none${below}`),
    'DELETE /processes/none',
    `DELETE /services/${SERVICE}/processes/none`,
    // A process belongs to one service.
    `DELETE /services/xs2-undeploy/processes/${id}`,
    ...['metadata', 'tasklist', 'error', 'actions', 'logs'].flatMap((part) => [
      `GET /runs/${SERVICE}/none/${part}`,
      `GET /runs/xs2-undeploy/${id}/${part}`,
    ]),
    ...['', '/error', '/logs'].map((below) => `GET ${run}/tasklist/none${below}`),
    ...['', '/content'].map((below) => `GET ${run}/logs/none${below}`),
    `POST /runs/${SERVICE}/none/actions/abort`,
  ];
  for (const one of missing) {
    const [method = '', path = ''] = one.split(' ');
    expect((await call(method, path)).status, one).toBe(404);
  }
});

test.for(ROOTS)('who may only look in a space %s starts, aborts and deletes nothing', async ([, rootOf]) => {
  const { call, read } = await open(rootOf, { roles: ['space_auditor'] });
  expect(idsOf(await read('/processes'), 'Process')).toEqual([]);
  for (const one of [
    `POST /services/${SERVICE}/files`,
    `DELETE /services/${SERVICE}/files`,
    `DELETE /services/${SERVICE}/files/1`,
    `POST /services/${SERVICE}/processes`,
    'DELETE /processes/1',
    `DELETE /services/${SERVICE}/processes/1`,
    `POST /runs/${SERVICE}/1/actions/abort`,
  ]) {
    const [method = '', path = ''] = one.split(' ');
    const refused = await call(method, path);
    expect([refused.status, refused.text], one).toEqual([403, expect.stringContaining('SpaceDeveloper')]);
  }
});

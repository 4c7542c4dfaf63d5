import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { error, type Row } from '../../testing/cloud-controller.ts';
import { API } from '../../testing/landscape.ts';
import { openScene } from '../../testing/scene.ts';

interface Buildpack extends Row {
  readonly position: number;
}

async function startWithBuildpacks() {
  const { emulators, root: admin } = await openScene({ switches: {} });
  const names = async (query = '') => {
    const { resources } = (await admin.get(`/v3/buildpacks?per_page=100${query}`)).body as {
      resources: readonly Buildpack[];
    };
    expect(resources.map(({ position }) => position)).toEqual(resources.map((_, index) => index + 1));
    return resources.map(({ name }) => name);
  };
  const create = async (body: object) => (await admin.send('POST', '/v3/buildpacks', body)).body as Buildpack;
  const path = `/v3/buildpacks/${(await create({ name: 'ours', stack: 'cflinuxfs4' })).guid}`;
  const change = async (body: object, of = path) => (await admin.send('PATCH', of, body)).body;
  const upload = async (bytes: Uint8Array<ArrayBuffer> | undefined, name = 'ours-v1.2.3.zip', to = path) => {
    const body = new FormData();
    if (bytes) body.set('bits', new Blob([bytes]), name);
    const headers = { authorization: `bearer ${admin.token}` };
    const answer = await emulators.fetch(`${API}${to}/upload`, { method: 'POST', headers, body });
    const location = answer.headers.get('location');
    const job = async () => (location ? (await admin.get(new URL(location).pathname)).body : undefined);
    return { status: answer.status, body: (await answer.json()) as unknown, job };
  };
  return { emulators, admin, names, create, path, change, upload };
}

const zip = (files: Readonly<Record<string, string>> = { 'bin/detect': 'exit 0' }) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

test('a new buildpack waits for its file and stands first, unless it is told its place', async () => {
  const { admin, names, create, path } = await startWithBuildpacks();
  expect((await admin.get(path)).body).toMatchObject({
    name: 'ours',
    state: 'AWAITING_UPLOAD',
    lifecycle: 'buildpack',
    filename: null,
    stack: 'cflinuxfs4',
    position: 1,
    enabled: true,
    locked: false,
  });
  await create({ name: 'second', position: 2 });
  await create({ name: 'last', position: 99, enabled: false, locked: true });
  const all = await names();
  expect([all[0], all[1], all[2], all.at(-1)]).toEqual(['ours', 'second', 'staticfile_buildpack', 'last']);
});

test('a buildpack that is moved or deleted lets the others close up', async () => {
  const { admin, names, change, path } = await startWithBuildpacks();
  const [, ...before] = await names();
  expect(await change({ position: 3, name: 'renamed' })).toMatchObject({ position: 3 });
  expect(await names()).toEqual([...before.slice(0, 2), 'renamed', ...before.slice(2)]);
  await change({ position: 100 });
  expect(await names()).toEqual([...before, 'renamed']);
  await change({ position: 2 });
  expect((await admin.send('DELETE', path)).status).toBe(202);
  expect(await names()).toEqual(before);
  expect((await admin.get(path)).body).toEqual(error('Buildpack not found', 'CF-ResourceNotFound', 10010));
});

test('cloud native buildpacks are counted and named apart', async () => {
  const { create, change, names } = await startWithBuildpacks();
  const one = await create({ name: 'ours', stack: 'cflinuxfs4', lifecycle: 'cnb' });
  await create({ name: 'other', lifecycle: 'cnb', position: 2 });
  expect(await names('&lifecycle=cnb')).toEqual(['ours', 'other']);
  expect(await names('&lifecycle=buildpack')).not.toContain('other');
  await change({ position: 2 }, `/v3/buildpacks/${one.guid}`);
  expect(await names('&lifecycle=cnb')).toEqual(['other', 'ours']);
});

test('names are taken once per stack, and a stack is for good', async () => {
  const { create, change, path } = await startWithBuildpacks();
  const taken = "Buildpack with name 'ours', stack 'cflinuxfs4' and lifecycle 'buildpack' already exists";
  expect(await create({ name: 'ours', stack: 'cflinuxfs4' })).toEqual(error(taken));
  expect(await create({ name: 'ours', stack: 'king' })).toEqual(error("Stack 'king' does not exist"));
  expect(await create({ name: 'ours' })).toMatchObject({ stack: null });
  expect(await create({ name: 'ours' })).toEqual(
    error("Buildpack with name 'ours' and an unassigned stack already exists"),
  );
  expect(await change({ stack: null })).toEqual(error('Buildpack stack cannot be changed'));
  const free = await create({ name: 'free' });
  expect(await change({ stack: 'cflinuxfs4' }, `/v3/buildpacks/${free.guid}`)).toMatchObject({ stack: 'cflinuxfs4' });
  expect(await change({ name: 'free' })).toEqual(error(taken.replace('ours', 'free')));
  expect(await change({ metadata: { labels: { a: 'b' } } }, path)).toMatchObject({ metadata: { labels: { a: 'b' } } });
});

test.each([
  ['POST', {}, "Name must be a string, Name can't be blank, Name is invalid"],
  [
    'POST',
    { name: 'a b', stack: 4, lifecycle: 'docker' },
    'Name is invalid, Stack must be a string, Lifecycle must be either "buildpack" or "cnb"',
  ],
  [
    'POST',
    { name: 'a', position: 0, enabled: 'yes' },
    'Position must be greater than or equal to 1, Enabled must be a boolean',
  ],
  [
    'POST',
    { name: 'a'.repeat(251), king: 1 },
    "Unknown field(s): 'king', Name is too long (maximum is 250 characters)",
  ],
  ['PATCH', { position: null, locked: null }, 'Position is not a number, Locked must be a boolean'],
  ['PATCH', { position: 1.5, lifecycle: 'cnb' }, "Unknown field(s): 'lifecycle', Position must be an integer"],
] as const)('%s of %j is refused', async (method, body, detail) => {
  const { admin, path } = await startWithBuildpacks();
  const answer = await admin.send(method, method === 'POST' ? '/v3/buildpacks' : path, body);
  expect(answer).toMatchObject({ status: 422, body: error(detail) });
});

test('an upload is answered with the buildpack of before, and a job makes it ready', async () => {
  const { admin, path, upload } = await startWithBuildpacks();
  const { status, body, job } = await upload(zip());
  expect([status, body]).toMatchObject([202, { state: 'AWAITING_UPLOAD', filename: null }]);
  expect(await job()).toMatchObject({
    operation: 'buildpack.upload',
    state: 'COMPLETE',
    links: { buildpack: { href: `${API}${path}` } },
  });
  expect((await admin.get(path)).body).toMatchObject({ state: 'READY', filename: 'ours-v1.2.3.zip' });
  await upload(zip());
  const events = (await admin.get(`/v3/audit_events?target_guids=${path.split('/').at(-1)}`)).body;
  expect(events).toMatchObject({
    pagination: { total_results: 2 },
    resources: [
      { type: 'audit.buildpack.create', data: { request: { name: 'ours' } }, target: { type: 'buildpack' } },
      { type: 'audit.buildpack.upload', organization: null, space: null },
    ],
  });
});

test('a file that is none, or of another lifecycle, is refused, and so is any for a locked buildpack', async () => {
  const { create, change, upload } = await startWithBuildpacks();
  const refused = (detail: string) => ({ status: 422, body: error(`Uploaded buildpack file is invalid: ${detail}`) });
  const noZip = 'a.zip is not a zip file. Buildpacks of lifecycle "buildpack" must be valid zip files.';
  expect(await upload(undefined)).toMatchObject(refused("A buildpack zip file must be uploaded as 'bits'"));
  expect(await upload(strToU8('king'), 'a.zip')).toMatchObject(refused(noZip));
  expect(await upload(new Uint8Array(), 'a.zip')).toMatchObject(refused(`${noZip}, a.zip cannot be empty`));
  const cnb = `/v3/buildpacks/${(await create({ name: 'native', lifecycle: 'cnb' })).guid}`;
  expect(await upload(zip(), 'a.zip', cnb)).toMatchObject(
    refused(
      'a.zip is not a gzip archive or cnb file. Buildpacks of lifecycle "cnb" must be valid gzip archives or cnb files.',
    ),
  );
  expect(await upload(new Uint8Array([0x1f, 0x8b, 0x08, 0]), 'a.cnb', cnb)).toMatchObject({ status: 202 });
  await change({ locked: true });
  expect(await upload(zip())).toMatchObject({ status: 422, body: error('Buildpack is locked') });
});

test.each([
  ['stack: king', 'Uploaded buildpack stack (king) does not exist', 'CF-BuildpackStackDoesNotExist', 390012],
  ['stack: [', 'Buildpack zip error: buildpack manifest is not valid', 'CF-BuildpackZipError', 390013],
])('the job fails where the manifest says %s', async (text, detail, title, code) => {
  const { admin, path, upload } = await startWithBuildpacks();
  const { job } = await upload(zip({ 'manifest.yml': text }));
  expect(await job()).toMatchObject({ state: 'FAILED', errors: [{ detail, title, code }] });
  expect((await admin.get(path)).body).toMatchObject({ state: 'AWAITING_UPLOAD' });
});

test('a buildpack without a stack takes that of its manifest, unless the name is taken there', async () => {
  const { admin, create, upload } = await startWithBuildpacks();
  const free = `/v3/buildpacks/${(await create({ name: 'free' })).guid}`;
  await upload(zip({ 'manifest.yml': 'stack: cflinuxfs4' }), 'a.zip', free);
  expect((await admin.get(free)).body).toMatchObject({ stack: 'cflinuxfs4', state: 'READY' });
  const same = `/v3/buildpacks/${(await create({ name: 'ours' })).guid}`;
  const { job } = await upload(zip({ 'manifest.yml': 'stack: cflinuxfs4' }), 'a.zip', same);
  expect(await job()).toMatchObject({ errors: [{ title: 'CF-BuildpackNameStackLifecycleTaken', code: 290000 }] });
});

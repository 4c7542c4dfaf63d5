import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type Row, startWithMember } from '../../testing/cloud-controller.ts';
import { API } from '../../testing/landscape.ts';

interface Build extends Row {
  readonly state: string;
  readonly droplet: Row | null;
}

/** An app of the robot's whose bits are given as files. */
async function start(lifecycle?: object) {
  const { emulators, admin, robot, app: space, spaceRole } = await startWithMember();
  await admin.send('POST', '/v3/roles', spaceRole('space_developer'));
  const made = async (path: string, body: object) => (await robot.send('POST', path, body)).body as Build;
  const app = await made('/v3/apps', {
    name: 'web',
    ...(lifecycle ? { lifecycle } : {}),
    relationships: { space: { data: { guid: space.guid } } },
  });
  return {
    admin,
    robot,
    app,
    build: async (files: Readonly<Record<string, string>> | Uint8Array<ArrayBuffer>) => {
      const relationships = { app: { data: { guid: app.guid } } };
      const bits = await made('/v3/packages', { type: 'bits', relationships });
      const body = new FormData();
      const entries = Object.entries(files).map(([name, text]) => [name, strToU8(String(text))] as const);
      body.set('bits', new Blob([files instanceof Uint8Array ? files : zipSync(Object.fromEntries(entries))]), 'a.zip');
      const headers = { authorization: `bearer ${robot.token}` };
      const upload = await emulators.fetch(`${API}/v3/packages/${bits.guid}/upload`, { method: 'POST', headers, body });
      expect(upload.status).toBe(200);
      const { guid, state } = await made('/v3/builds', { package: { guid: bits.guid } });
      expect(state).toBe('STAGING');
      return (await robot.get(`/v3/builds/${guid}`)).body as Build;
    },
    dropletOf: async ({ droplet }: Build) => (await robot.get(`/v3/droplets/${droplet?.guid}`)).body,
  };
}

test.each([
  ['nodejs_buildpack', { 'package.json': '{}' }],
  ['staticfile_buildpack', { Staticfile: '', 'package.json': '{}' }],
  ['java_buildpack', { 'META-INF/MANIFEST.MF': 'Main-Class: org.example.Main\n', 'package.json': '{}' }],
  ['java_buildpack', { 'WEB-INF/web.xml': '', 'META-INF/MANIFEST.MF': '' }],
  ['java_buildpack', { 'web/bin/web': '', 'web/bin/web.bat': '', 'web/lib/web.jar': '' }],
  ['ruby_buildpack', { Gemfile: '' }],
  ['dotnet_core_buildpack', { 'src/app.csproj': '' }],
  ['dotnet_core_buildpack', { 'app.runtimeconfig.json': '' }],
  ['go_buildpack', { 'go.mod': '' }],
  ['go_buildpack', { 'main.go': '', 'vendor/example/lib.go': '' }],
  ['python_buildpack', { 'requirements.txt': '' }],
  ['php_buildpack', { 'public/index.php': '' }],
  ['php_buildpack', { 'htdocs/index.html': '' }],
  ['nginx_buildpack', { 'nginx.conf': '', 'index.html': '' }],
])('%s takes an app with its files, the first in the order of positions', async (name, files) => {
  const { build, dropletOf } = await start();
  const staged = await build(files);
  expect(staged).toMatchObject({ state: 'STAGED', lifecycle: { data: { buildpacks: [name], stack: 'cflinuxfs4' } } });
  const kind = name.replace('_buildpack', '').replace('_', '-');
  expect(await dropletOf(staged)).toMatchObject({
    buildpacks: [{ name, detect_output: kind, buildpack_name: kind }],
    stack: 'cflinuxfs4',
  });
});

test('an app that no buildpack takes cannot be staged, unless it names one', async () => {
  const { robot, app, build } = await start();
  const others = {
    'META-INF/MANIFEST.MF': '',
    'bin/server': '',
    'lib/server.py': '',
    'main.go': '',
    'deep/package.json': '{}',
  };
  expect(await build(others)).toMatchObject({
    state: 'FAILED',
    error: 'NoAppDetectedError - An app was not successfully detected by any available buildpack',
    droplet: null,
  });
  expect((await robot.get(`/v3/apps/${app.guid}/builds?states=FAILED`)).body).toMatchObject({ resources: [{}] });
  expect((await robot.get(`/v3/apps/${app.guid}/droplets`)).body).toMatchObject({ resources: [] });
  const named = await start({ type: 'buildpack', data: { buildpacks: ['nodejs_buildpack', 'binary_buildpack'] } });
  const staged = await named.build(others);
  expect(staged).toMatchObject({ state: 'STAGED', error: null });
  expect(await named.dropletOf(staged)).toMatchObject({
    buildpacks: [
      { name: 'nodejs_buildpack', detect_output: null, buildpack_name: 'nodejs' },
      { name: 'binary_buildpack', detect_output: 'binary', buildpack_name: 'binary' },
    ],
  });
});

test('bits that nobody can look into are staged with no buildpack', async () => {
  const { build } = await start();
  expect(await build(new Uint8Array([1, 2, 3]))).toMatchObject({
    state: 'STAGED',
    lifecycle: { data: { buildpacks: [] } },
  });
});

test('types of process come from the Procfile, and of Node.js one more from the buildpack', async () => {
  const { admin, robot, app, build, dropletOf } = await start();
  const staged = await build({ 'package.json': '{}', Procfile: 'worker: node worker.js\n' });
  expect(await dropletOf(staged)).toMatchObject({ process_types: { web: 'npm start', worker: 'node worker.js' } });
  // Only those who read secrets in the space see commands.
  expect((await admin.get(`/v3/droplets/${staged.droplet?.guid}`)).body).toMatchObject({
    process_types: { redacted_message: '[PRIVATE DATA HIDDEN]' },
  });
  const path = `/v3/apps/${app.guid}`;
  expect((await robot.get(`${path}/processes/web`)).body).toMatchObject({ command: '' });
  await robot.send('PATCH', `${path}/relationships/current_droplet`, { data: { guid: staged.droplet?.guid } });
  expect((await robot.get(`${path}/processes/web`)).body).toMatchObject({ command: 'npm start', instances: 1 });
  expect((await robot.get(`${path}/processes/worker`)).body).toMatchObject({
    command: 'node worker.js',
    instances: 0,
    health_check: { type: 'process' },
  });
  expect((await admin.get(`${path}/processes/web`)).body).toMatchObject({ command: '[PRIVATE DATA HIDDEN]' });
  const events = await robot.get(`/v3/audit_events?target_guids=${app.guid}&types=audit.app.process.create`);
  expect(events.body).toMatchObject({ resources: [{ data: { process_type: 'worker' } }] });
});

test('a Procfile that cannot be read is none', async () => {
  const { build, dropletOf } = await start();
  const staged = await build({ 'package.json': '{}', Procfile: '- worker' });
  expect(await dropletOf(staged)).toMatchObject({ process_types: { web: 'npm start' } });
});

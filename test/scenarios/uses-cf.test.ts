import { expect, test } from 'vitest';
import { appsWithCopies, MANIFEST } from '../fixtures/apps-with-copies.ts';

test("somebody else's service that names the user is found, and gates the rotation", async () => {
  await using made = await appsWithCopies();
  await made.instance('of-others', { nested: { url: 'https://MTX-Routes@sap-test.de:pw@example.com' } });
  const { found } = await made.engine().uses('mtx-routes');
  const places = found.filter(({ type }) => type.startsWith('cf/user-provided') || type === 'cf/app-environment');
  expect(places.map(({ title, ours }) => `${title}${ours ? '' : ', not ours'}`).sort()).toEqual([
    'environment of app router in acme-dev/app',
    'user-provided service cf-api in acme-dev/app',
    'user-provided service of-others in acme-dev/app, not ours',
  ]);
  expect(JSON.stringify(found)).not.toContain(await made.secret('mtx-routes'));
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report?.findings.map(({ code }) => code)).toContain('ROTATION_FOREIGN_CONSUMER');
});

test('where the credentials may not be read, the space is told once, with the role that is lacking', async () => {
  await using made = await appsWithCopies();
  await made.cf.call('DELETE', `roles/${made.role}`);
  const { unread } = await made.engine().uses('mtx-routes');
  expect(unread).toEqual([
    {
      where: 'user-provided services and apps in acme-dev/app',
      because: expect.any(String),
      remedy: expect.stringContaining('Space Developer of acme-dev/app'),
    },
  ]);
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  expect(report?.findings.map(({ code }) => code)).toContain('ROTATION_UNREAD_PLACE');
});

test('a space where nobody of the manifest works is told as unknown too, and is no reason to stop', async () => {
  await using made = await appsWithCopies();
  const [space] = await made.cf.list('spaces?names=shared');
  const relationships = { space: { data: { guid: space?.guid } } };
  const user = { data: { username: 'platform-admin@acme.example', origin: 'sap.ids' } };
  const role = { type: 'space_developer', relationships: { user, ...relationships } };
  const { guid } = (await (await made.cf.call('POST', 'roles', role)).json()) as { readonly guid: string };
  await made.cf.call('POST', 'apps', { name: 'of-others', relationships });
  await made.cf.call('DELETE', `roles/${guid}`);
  const engine = () => made.acme.engine({ manifest: MANIFEST });
  const { unread } = await engine().uses('mtx-routes');
  expect(unread).toMatchObject([{ where: expect.stringContaining('/shared'), unlikely: true }]);
  const [report] = await engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(report?.findings).toContainEqual(
    expect.objectContaining({ code: 'ROTATION_UNREAD_PLACE', severity: 'warning' }),
  );
});

test('environments and services that nobody declared are found by the name, or by the secret alone, and gate the rotation', async () => {
  await using made = await appsWithCopies();
  const [space] = await made.cf.list('spaces?names=app');
  const relationships = { space: { data: { guid: space?.guid } } };
  const app = (name: string, environment_variables: object) =>
    made.cf.call('POST', 'apps', { name, relationships, environment_variables });
  const password = await made.secret('mtx-routes');
  await app('names-it', { CF_USER: 'mtx-routes@sap-test.de' });
  await app('has-its-secret', { SOME_CONFIG: JSON.stringify({ nested: [{ pw: password }] }) });
  await app('of-others', { CF_USER: 'somebody@sap-test.de', CF_PASSWORD: 'of-somebody-else' });
  await made.instance('has-its-secret-too', { token: password });
  made.acme.calls.length = 0;
  const uses = await made.engine().uses('mtx-routes');
  expect(uses.unread).toEqual([]);
  expect(
    uses.found
      .filter(({ ours, what }) => !ours && what === 'credential')
      .map(({ title }) => title)
      .sort(),
  ).toEqual([
    'environment of app has-its-secret in acme-dev/app (holds its secret, without its name)',
    'environment of app names-it in acme-dev/app',
    'user-provided service has-its-secret-too in acme-dev/app (holds its secret, without its name)',
  ]);
  expect(JSON.stringify(uses)).not.toContain(password);
  expect(made.acme.calls.filter(({ url }) => url.includes(password ?? ''))).toEqual([]);
  const [report] = await made.engine().rotate({ names: ['mtx-routes'], why: 'x' });
  expect(report).toMatchObject({ outcome: 'refused' });
  const foreign = report?.findings.filter(({ code }) => code === 'ROTATION_FOREIGN_CONSUMER') ?? [];
  expect(foreign.map(({ because }) => because.replace(/ uses it.*/, '')).sort()).toEqual([
    'environment of app has-its-secret in acme-dev/app',
    'environment of app names-it in acme-dev/app',
    'user-provided service has-its-secret-too in acme-dev/app',
  ]);
  expect(JSON.stringify(report)).not.toContain(password);
});

test('each environment is read once in a command, also for twins, and a plan reads those that are declared only', async () => {
  await using made = await appsWithCopies();
  const [space] = await made.cf.list('spaces?names=app');
  const relationships = { space: { data: { guid: space?.guid } } };
  for (const name of ['one', 'two']) await made.cf.call('POST', 'apps', { name, relationships });
  const reads = async (work: () => Promise<unknown>) => {
    made.acme.calls.length = 0;
    await work();
    const read = made.acme.calls.filter(({ url }) => url.endsWith('/environment_variables')).map(({ url }) => url);
    return [new Set(read).size, Math.max(...read.map((url) => read.filter((other) => other === url).length))];
  };
  const [apps] = await reads(() => made.engine().uses('jobs'));
  expect(apps).toBe(3);
  const [declared] = await reads(() => made.engine().plan());
  expect(declared).toBe(1);
});

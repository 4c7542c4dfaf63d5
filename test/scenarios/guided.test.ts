import { expect, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { NOBODY, type Person } from '../../src/kernel/rotate/person.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { generatedAtConsole, openConsole, rosa, signedByAcme, statesIn, TENANT } from '../fixtures/console-person.ts';

const DAY = 86_400_000;

const stepsOf = ({ steps }: RotationReport) => steps.map(({ step, result }) => `${step} ${result}`);
const codesOf = ({ findings }: RotationReport) => findings.map(({ code, severity }) => `${severity} ${code}`);

test.for([
  ['nightly-api', 'technical user Nightly', 'a technical user'],
  ['deployer', 'system Deployer', 'a system as administrator'],
] as const)(
  '%s: %s, %s, gets a new secret from a person, and the old one is seen to be refused',
  async ([name, title]) => {
    await using world = await openConsole();
    const { acme, engine } = world;
    const person = rosa(world);
    const [first] = await engine().rotate({ names: [name], why: 'first', person });
    expect(first).toMatchObject({ outcome: 'done', strategy: 'overlap' });
    expect(stepsOf(first as RotationReport)).toEqual(['mint done', 'prove done']);
    expect(person.tasks.map((task) => task.title)).toEqual([`make a new secret of ${title} at ${TENANT}`]);
    expect(person.tasks[0]?.url).toBe(`https://${TENANT}/admin`);
    const old = await acme.store.vault.open(`acme/${name}`, 'current');

    const [report] = await engine().rotate({ names: [name], why: 'CHG-1', person });
    expect(report).toMatchObject({ outcome: 'done' });
    expect(stepsOf(report as RotationReport)).toEqual(['mint done', 'prove done', 'retire done', 'retire done']);
    expect(await statesIn(acme, `acme/${name}`)).toEqual(['retired', 'current']);
    const token = (secret: Secret | undefined) =>
      acme.landscape.fetch(`https://${TENANT}/oauth2/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${name === 'deployer' ? world.systemId : world.clientId}:${secret?.reveal()}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    expect((await token(old?.secret)).status).toBe(401);
    expect((await token((await acme.store.vault.open(`acme/${name}`, 'current'))?.secret)).status).toBe(200);
    expect((await engine().doctor({ users: [name] })).users).toMatchObject([{ user: name, status: 'ok' }]);
  },
);

test('without a person it waits, which due and uses tell, and goes on with what was brought', async () => {
  await using world = await openConsole();
  const { acme, engine } = world;
  const person = rosa(world);
  await engine().rotate({ names: ['nightly-api'], why: 'first', person });

  const [waits] = await engine().rotate({ names: ['nightly-api'], why: 'CHG-1', person: NOBODY });
  expect(waits).toMatchObject({ outcome: 'waiting', steps: [] });
  expect(codesOf(waits as RotationReport)).toContain('warning ROTATION_WAITS');
  expect(waits?.task?.steps.join('\n')).toContain(`client ID ${world.clientId}`);
  const { due } = await engine().due({ users: ['nightly-api'], within: DAY });
  expect(due.find(({ title }) => title === 'rotation under way')?.end).toMatchObject({
    because: expect.stringContaining('waits for a person to make a new secret'),
  });
  expect((await engine().uses('nightly-api')).found.map(({ title }) => title).join('\n')).toContain('waits since');
  expect((await engine().doctor({ users: ['nightly-api'] })).users[0]?.hops.map(({ code }) => code)).toContain(
    'ROTATION_WAITS',
  );

  const brings: Person = { ...NOBODY, bring: person.bring };
  const [again] = await engine().rotate({ names: ['nightly-api'], why: 'CHG-1', person: brings });
  expect(again).toMatchObject({ outcome: 'waiting', task: { wants: 'word' } });
  expect(again?.task?.title).toContain('remove the old secret');
  expect(await statesIn(acme, 'acme/nightly-api')).toEqual(['previous', 'current']);
  const titles = async () => (await engine().uses('nightly-api')).found.map(({ title }) => title);
  expect(await titles()).toContain('secret in the vault (version 1 previous, version 2 current)');
  const [end] = await engine().rotate({ names: ['nightly-api'], why: 'CHG-1', person });
  expect(end).toMatchObject({ outcome: 'done' });
  expect(await titles()).toContain('secret in the vault (version 2 current; 1 retired)');
  expect((await engine().due({ users: ['nightly-api'], within: DAY })).due.map(({ title }) => title)).toEqual([
    'ias-client-secret',
  ]);
});

test('what was brought wrongly is given up, costs one failed login, and is asked for once more', async () => {
  await using world = await openConsole();
  const { acme, engine } = world;
  const person = rosa(world);
  const mistaken = (text: string): Person => ({ ...NOBODY, bring: async () => new Secret(text) });
  const [copied] = await engine().rotate({ names: ['nightly-api'], why: 'x', person: mistaken('a page\nof text') });
  expect(copied).toMatchObject({ outcome: 'stopped', steps: [] });
  const before = acme.calls.filter(({ url }) => url.endsWith('/oauth2/token')).length;
  const [wrong] = await engine().rotate({ names: ['nightly-api'], why: 'x', person: mistaken('an-other-secret') });
  expect(wrong).toMatchObject({ outcome: 'stopped' });
  expect(codesOf(wrong as RotationReport)).toContain('error ROTATION_GIVEN_REFUSED');
  expect(acme.calls.filter(({ url }) => url.endsWith('/oauth2/token')).length - before).toBe(1);
  const [report] = await engine().rotate({ names: ['nightly-api'], why: 'x', person });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(await statesIn(acme, 'acme/nightly-api')).toEqual(['retired', 'current']);
});

test('who says that the old one is removed is believed when it is refused, and not before', async () => {
  await using world = await openConsole();
  const { engine } = world;
  const person = rosa(world);
  await engine().rotate({ names: ['nightly-api'], why: 'first', person });
  const hasty: Person = { ...person, did: async () => true };
  const [stopped] = await engine().rotate({ names: ['nightly-api'], why: 'x', person: hasty });
  expect(stopped).toMatchObject({ outcome: 'stopped' });
  expect(codesOf(stopped as RotationReport)).toContain('error ROTATION_OLD_STILL_VALID');
  const [report] = await engine().rotate({ names: ['nightly-api'], why: 'x', person });
  expect(report).toMatchObject({ outcome: 'done' });
});

test('after a leak the person removes the leaked one first', async () => {
  await using world = await openConsole();
  const { engine } = world;
  const person = rosa(world);
  await engine().rotate({ names: ['deployer'], why: 'first', person });
  person.tasks.length = 0;
  const [report] = await engine().rotate({ names: ['deployer'], why: 'leak', compromised: true, person });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(stepsOf(report as RotationReport)).toEqual(['retire done', 'mint done', 'prove done', 'retire done']);
  expect(person.tasks.map(({ title }) => title.split(' of ')[0])).toEqual([
    'remove the old secret',
    'make a new secret',
  ]);
});

test('a certificate that Locum signed is uploaded by a person, proven over mutual TLS, and its predecessor removed', async () => {
  await using world = await openConsole();
  const { acme, engine } = world;
  const person = rosa(world);
  for (const why of ['first', 'second']) {
    const [report] = await engine().rotate({ names: ['nightly-signed'], why, person });
    expect(report?.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report).toMatchObject({ outcome: 'done' });
  }
  expect(await statesIn(acme, 'acme/nightly-signed')).toEqual(['retired', 'current']);
  const [upload] = person.tasks;
  expect(upload?.text).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(upload?.text).not.toContain('PRIVATE');
  const { due } = await engine().due({ users: ['nightly-signed'], within: DAY });
  expect(due[0]?.end).toMatchObject({ at: acme.context.now() + 90 * DAY - (acme.context.now() % 1000) });
  expect((await engine().doctor({ users: ['nightly-signed'] })).users).toMatchObject([{ status: 'ok' }]);
  await acme.context.sleep(70 * DAY);
  expect((await engine().doctor({ users: ['nightly-signed'] })).users[0]?.hops[0]).toMatchObject({
    status: 'warning',
    code: 'CREDENTIAL_ENDS_SOON',
  });
});

test('a tenant that trusts its authorities alone refuses what signs itself; nothing is lost, and the rotation waits', async () => {
  await using world = await openConsole({ 'ias.trustedAuthoritiesOnly': true });
  const { acme, engine } = world;
  const [report] = await engine().rotate({ names: ['nightly-signed'], why: 'x', person: rosa(world) });
  expect(report).toMatchObject({ outcome: 'stopped' });
  expect(codesOf(report as RotationReport)).toContain('error ROTATION_GIVEN_REFUSED');
  expect(await statesIn(acme, 'acme/nightly-signed')).toEqual(['pending']);
  const [waits] = await engine().rotate({ names: ['nightly-signed'], why: 'x' });
  expect(waits).toMatchObject({ outcome: 'waiting' });
  const [aborted] = await engine().rotate({ names: ['nightly-signed'], why: 'x', abort: true });
  expect(aborted).toMatchObject({ outcome: 'rolled back' });
  expect(await statesIn(acme, 'acme/nightly-signed')).toEqual(['retired']);
});

test('no report, event, journal, trail or rotation holds what a person brought, nor the key that Locum made', async () => {
  await using world = await openConsole();
  const { acme, manifest } = world;
  const person = rosa(world);
  const events: unknown[] = [];
  const engine = () => acme.engine({ manifest, onEvent: (event) => events.push(event) });
  const reports: unknown[] = [];
  for (const name of ['nightly-api', 'nightly-signed', 'nightly-api', 'nightly-signed']) {
    reports.push(await engine().rotate({ names: [name], why: 'x', person }));
  }
  reports.push(await engine().rotate({ names: ['nightly-requested'], why: 'x' }));
  const told = JSON.stringify([
    ...reports,
    ...events,
    await acme.store.trail.read({ limit: 1000 }),
    await acme.store.rotations.open('acme'),
    await acme.store.rotations.history('acme/nightly-api'),
    await acme.store.rotations.history('acme/nightly-signed'),
  ]);
  for (const version of [1, 2]) {
    const opened = await acme.store.vault.openVersion('acme/nightly-api', version);
    expect(opened?.secret.reveal().length).toBeGreaterThan(20);
    expect(told).not.toContain(opened?.secret.reveal());
  }
  expect(told).not.toContain('PRIVATE KEY');
  expect(told).toContain('BEGIN CERTIFICATE REQUEST');
});

test('a certificate that an authority signs is asked for with its request, and the key never leaves the vault', async () => {
  await using world = await openConsole();
  const { acme, browser, engine, pages } = world;
  const [waits] = await engine().rotate({ names: ['nightly-requested'], why: 'first' });
  expect(waits).toMatchObject({ outcome: 'waiting', task: { wants: 'certificate' } });
  const certificate = await signedByAcme(waits?.task?.text ?? '');
  const page = await browser.open(pages['technical-user']);
  await browser.press(page, 'Add Certificate', { certificate });
  const person: Person = { ...NOBODY, bring: async () => new Secret(certificate) };
  const [report] = await engine().rotate({ names: ['nightly-requested'], why: 'first', person });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(await statesIn(acme, 'acme/nightly-requested')).toEqual(['retired', 'current']);
  expect((await engine().doctor({ users: ['nightly-requested'] })).users).toMatchObject([{ status: 'ok' }]);
});

test('a certificate that the console generated is taken with its key, as PEM', async () => {
  await using world = await openConsole();
  const { engine } = world;
  const [waits] = await engine().rotate({ names: ['nightly-generated'], why: 'first' });
  expect(waits?.task?.steps.join('\n')).toContain('openssl pkcs12');
  const pem = await generatedAtConsole(world);
  const person: Person = { ...NOBODY, bring: async () => new Secret(pem) };
  const [report] = await engine().rotate({ names: ['nightly-generated'], why: 'first', person });
  expect(report?.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(report).toMatchObject({ outcome: 'done' });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { type OpenConsole, openConsole, rosa, statesIn, TENANT } from '../fixtures/console-person.ts';
import { mortal } from '../fixtures/mortal.ts';

/** Locum is the system *Deployer*, and logs in with a certificate that it rotates itself. */
async function openWithOwnCertificate() {
  const world = await openConsole({}, ['Manage Users']);
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-own-'));
  const manifest = path.join(folder, 'locum.yaml');
  const text = `
locum: 1
name: acme
globalAccount: acme
connections:
  btp: { user: platform-admin@acme.example, password: env:ACME_ADMIN_PASSWORD }
  cf: { user: platform-admin@acme.example, password: env:ACME_ADMIN_PASSWORD, origin: sap.ids }
  ias:
    acme-platform: { certificate: vault:acme/locum-itself }
identityProviders:
  - { name: acme-platform, host: ${TENANT}, originKey: acme-platform, trust: establish }
technicalUsers:
  - { name: robot, owner: team@acme.example, purpose: Nightly jobs }
credentials:
  - name: locum-itself
    kind: ias-client-certificate
    owner: team@acme.example
    purpose: Locum manages the users of the tenant
    identityProvider: acme-platform
    of: system
    displayName: Deployer
    clientId: ${world.systemId}
    issuance: self-signed
    days: 60
`;
  await writeFile(manifest, text);
  return {
    ...world,
    manifest,
    engine: () => world.acme.engine({ manifest }),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

/** What the tenant answers to who shows this version of the certificate, and to nothing else. */
async function answerTo({ acme }: OpenConsole, version: number): Promise<number> {
  const opened = await acme.store.vault.openVersion('acme/locum-itself', version);
  const [key = '', cert = ''] = (opened?.secret.reveal() ?? '').split(/(?=-----BEGIN CERTIFICATE)/);
  const tls = { cert, key: new Secret(key) };
  return (await acme.landscape.fetch(`https://${TENANT}/scim/Users`, { tls })).status;
}

test('Locum manages a tenant by certificate alone, and rotates the certificate that it uses itself', async () => {
  await using world = await openWithOwnCertificate();
  const { acme, engine } = world;
  const person = rosa(world);
  const [first] = await engine().rotate({ names: ['locum-itself'], why: 'first', person });
  expect(first).toMatchObject({ outcome: 'done' });
  await engine().apply({ why: 'make it so' });
  expect((await engine().doctor({ users: ['robot'] })).users).toMatchObject([{ user: 'robot', status: 'ok' }]);
  expect(await answerTo(world, 1)).toBe(200);

  // One command, one process: what comes after the rotation of its own certificate uses the new one.
  const reports = await engine().rotate({ names: ['locum-itself', 'robot'], why: 'CHG-1', person });
  expect(reports.map(({ user, outcome }) => [user, outcome])).toEqual(
    expect.arrayContaining([
      ['locum-itself', 'done'],
      ['robot', 'done'],
    ]),
  );
  expect(await statesIn(acme, 'acme/locum-itself')).toEqual(['retired', 'current']);
  expect([await answerTo(world, 1), await answerTo(world, 2)]).toEqual([401, 200]);
  expect((await engine().doctor()).users.map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect((await engine().plan()).steps).toEqual([]);
  const { due } = await engine().due({ within: 100 * 86_400_000 });
  expect(due.find(({ title }) => title === 'connections.ias.acme-platform.certificate')).toMatchObject({
    status: 'soon',
    end: { because: 'its certificate ends then' },
  });
});

test('a certificate that the tenant does not know is told, and nothing is sent after it', async () => {
  await using world = await openWithOwnCertificate();
  const { acme, engine } = world;
  const person = rosa(world);
  await engine().rotate({ names: ['locum-itself'], why: 'first', person });
  await acme.context.sleep(61 * 86_400_000);
  acme.calls.length = 0;
  const { findings } = await engine().plan();
  expect(findings.find(({ code }) => code === 'ERR_REMOTE_CREDENTIALS')?.remedy).toContain(
    'certificate of connections.ias.acme-platform',
  );
  expect(acme.calls.filter(({ url }) => url.startsWith(`https://${TENANT}/scim`))).toHaveLength(1);
});

test('after a crash at any effect of the rotation of its own certificate Locum still gets in, and the next call goes on', {
  timeout: 300_000,
}, async () => {
  const crashed = async (limit: number) => {
    await using world = await openWithOwnCertificate();
    const { acme, manifest, engine } = world;
    const person = rosa(world);
    await engine().rotate({ names: ['locum-itself'], why: 'first', person });
    await engine().apply({ why: 'make it so' });
    const life = mortal(limit);
    await createEngine({
      manifest,
      store: life.store(acme.store),
      context: life.context(acme.context),
      env: (variable) => acme.landscape.credentials()[variable],
      who: 'test',
    })
      .rotate({ names: ['locum-itself'], why: 'rotation', person })
      .catch(() => undefined);
    const { findings, steps } = await engine().plan();
    expect([findings.filter(({ severity }) => severity === 'error'), steps], `after a crash at ${limit}`).toEqual([
      [],
      [],
    ]);
    if (limit === Number.POSITIVE_INFINITY) return life.effects();
    const [report] = await engine().rotate({ names: ['locum-itself'], why: 'goes on', person });
    expect(report?.outcome, `after a crash at ${limit}`).toBe('done');
    expect(
      (await engine().doctor()).users.map(({ status }) => status),
      `after a crash at ${limit}`,
    ).toEqual(['ok', 'ok']);
    return life.effects();
  };
  const whole = await crashed(Number.POSITIVE_INFINITY);
  const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 6)));
  for (let point = 0; point < whole; point += every) await crashed(point);
});

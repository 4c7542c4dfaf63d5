import { expect, test } from 'vitest';
import type { Context } from '../../src/kernel/context.ts';
import { createOpenbao } from '../../src/systems/consumers/testing/openbao.ts';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { appliedAcme, manifestWith } from '../fixtures/life.ts';
import { mortal, mutations } from '../fixtures/mortal.ts';

const again = await appliedAcme(ACME_MANIFEST);
const TWINS = 'test/fixtures/twins.yaml';

const manifestFor = (name: string, deliverTo: readonly object[]) =>
  manifestWith(name, (manifest) => {
    manifest.connections = { ...(manifest.connections as object), ...createOpenbao().connections };
    const robot = manifest.technicalUsers.find((user) => user.name === 'mtx-routes');
    if (robot && deliverTo.length > 0) robot.deliverTo = deliverTo;
  });
const declared = manifestFor('with-copy', [createOpenbao().target]);
const without = manifestFor('without-copy', []);

/** The landscape, and a server with OpenBao's interface beside it. */
function beside(acme: Acme) {
  const bao = createOpenbao();
  const context: Context = {
    ...acme.context,
    async fetch(input, init) {
      const request = new Request(input, init);
      if (!request.url.startsWith('https://bao.acme.example')) return acme.context.fetch(request);
      const body = await request.clone().text();
      const response = await bao.fetch(request);
      acme.calls.push({ method: request.method, url: request.url, body, status: response.status });
      return response;
    },
  };
  const env = (name: string) => bao.secrets[name] ?? acme.landscape.credentials()[name];
  return { bao, context, env };
}

async function delivered() {
  const acme = await again();
  const { bao, context, env } = beside(acme);
  const engine = (manifest: string, more: Parameters<Acme['engine']>[0] = {}) =>
    acme.engine({ manifest, context, env, ...more });
  await engine(declared).apply({ why: 'make it so' });
  acme.calls.length = 0;
  return { acme, bao, context, engine, [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose]() };
}

test('a place that has left the manifest is told by plan and before a rotation, removed with --prune, and forgotten', async () => {
  await using world = await delivered();
  expect(world.bao.stored()?.login).toBe('mtx-routes@sap-test.de');
  const plan = await world.engine(without).plan();
  expect(plan.steps).toEqual([]);
  expect(plan.findings).toMatchObject([{ code: 'COPY_LEFT', severity: 'warning' }]);
  const [rotation] = await world.engine(without).rotate({ names: ['mtx-routes'], why: 'x' });
  expect(rotation).toMatchObject({ outcome: 'refused' });
  expect(rotation?.findings).toContainEqual(
    expect.objectContaining({
      code: 'ROTATION_FOREIGN_CONSUMER',
      because: expect.stringContaining('not declared any more'),
    }),
  );

  const pruned = await world.engine(without).apply({ prune: true, why: 'no more' });
  expect(pruned.run?.steps).toMatchObject([{ action: 'delete', result: 'done' }]);
  expect(pruned.remaining).toMatchObject({ steps: [], findings: [] });
  expect(world.bao.stored()).toBeUndefined();
  expect(world.bao.neighbours?.()).toBe('somebody else wrote this');
  world.acme.calls.length = 0;
  expect((await world.engine(without).plan()).findings).toEqual([]);
  expect(world.acme.calls.filter(({ url }) => url.includes('bao.acme.example'))).toEqual([]);
});

test('a copy of which somebody says that it is gone is forgotten, and that is in the trail', async () => {
  await using world = await delivered();
  const [copy] = await world.acme.store.copies.of('acme');
  await expect(world.engine(without).apply({ forget: ['consumers/openbao:x'], why: 'x' })).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  });
  await world.engine(without).apply({ forget: [copy?.address ?? ''], why: 'the server was taken down' });
  expect((await world.engine(without).plan()).findings).toEqual([]);
  const told = await world.acme.store.trail.read({ subject: copy?.address ?? '' });
  expect(told.at(-1)).toMatchObject({ change: { action: 'forget' }, why: 'the server was taken down' });
});

test('offboard removes the copies too, declared or left, before the user goes', async () => {
  for (const manifest of [declared, without]) {
    await using world = await delivered();
    const { found } = await world.engine(manifest).uses('mtx-routes');
    expect(found.map(({ title, what }) => `${what}: ${title}`)).toContain('credential: secret/acme/robot in OpenBao');
    const report = await world.engine(manifest).offboard({ name: 'mtx-routes', why: 'bye' });
    expect(report.remaining.steps).toEqual([]);
    expect(world.bao.stored()).toBeUndefined();
    const done = (await world.acme.store.trail.read()).filter(({ why }) => why === 'bye').map(({ subject }) => subject);
    expect(done.findIndex((subject) => subject.startsWith('consumers/openbao'))).toBeLessThan(
      done.indexOf('ias/user:acme-platform/mtx-routes'),
    );
    expect(await world.acme.store.copies.of('acme')).toEqual([]);
  }
});

test('a crash after any effect of a removal leaves what the next apply finishes; nothing is sent twice', async () => {
  const prune = { prune: true, why: 'no more' };
  const life = mortal(Number.POSITIVE_INFINITY);
  {
    await using world = await delivered();
    const { store } = world.acme;
    await world.engine(without, { store: life.store(store), context: life.context(world.context) }).apply(prune);
  }
  const whole = life.effects();
  // The removal is among the last effects: what comes before only looks.
  const every = Number(process.env.LOCUM_CRASH_EVERY ?? 3);
  for (let point = Math.max(0, whole - 30); point < whole; point += every) {
    await using world = await delivered();
    const short = mortal(point);
    await world
      .engine(without, { store: short.store(world.acme.store), context: short.context(world.context) })
      .apply(prune)
      .catch(() => undefined);
    await world.engine(without).apply(prune);
    expect(world.bao.stored(), `after a crash at ${point}`).toBeUndefined();
    expect((await world.engine(without).plan()).findings, `after a crash at ${point}`).toEqual([]);
    const sent = mutations(world.acme.calls);
    expect(sent.length - new Set(sent).size, `sent twice after a crash at ${point}`).toBe(0);
    expect(await world.acme.store.journal.openRuns('acme')).toEqual([]);
    expect(await world.acme.store.copies.of('acme')).toEqual([]);
  }
}, 300_000);

test('twins are offboarded together by their one name, also when they have left the manifest; a crash is made up for', async () => {
  const twins = await appliedAcme(TWINS);
  const gone = manifestWith('no-twins', (manifest) => {
    manifest.technicalUsers = manifest.technicalUsers.filter(({ name }) => name !== 'ctms-deploy');
  });
  for (const manifest of [TWINS, gone]) {
    const measure = mortal(Number.POSITIVE_INFINITY);
    let look = 0;
    {
      await using acme = await twins();
      const engine = acme.engine({
        manifest,
        store: measure.store(acme.store),
        context: measure.context(acme.context),
      });
      await engine.planOffboard({ name: 'ctms-deploy' });
      look = measure.effects();
      await engine.offboard({ name: 'ctms-deploy', why: 'bye' });
    }
    await using acme = await twins();
    const plan = await acme.engine({ manifest }).planOffboard({ name: 'ctms-deploy' });
    expect(plan.offboard?.name).toBe('ctms-deploy');
    expect(new Set(plan.steps.map(({ user }) => user))).toEqual(new Set(['ctms-deploy-a', 'ctms-deploy-b']));
    // Between the look at the begin and that at the end: in the middle of the removals.
    const life = mortal(measure.effects() - 2 * look - 20);
    const short = acme.engine({ manifest, store: life.store(acme.store), context: life.context(acme.context) });
    await expect(short.offboard({ name: 'ctms-deploy', why: 'bye', plan })).rejects.toThrow();
    expect(mutations(acme.calls).length).toBeGreaterThan(0);
    const report = await acme.engine({ manifest }).offboard({ name: 'ctms-deploy', why: 'bye' });
    expect(report.remaining.steps).toEqual([]);
    for (const name of ['ctms-deploy-a', 'ctms-deploy-b']) {
      const { found } = await acme.engine({ manifest: TWINS }).uses(name);
      expect(found).toEqual([]);
      expect(await acme.store.vault.open(`acme/${name}`, 'current')).toBeUndefined();
    }
    const sent = mutations(acme.calls);
    expect(sent.length - new Set(sent).size).toBe(0);
    const held = (await acme.store.holds.of('acme')).map(({ subject }) => subject);
    expect(held).toEqual(manifest === TWINS ? ['ctms-deploy-a', 'ctms-deploy-b'] : []);
  }
}, 300_000);

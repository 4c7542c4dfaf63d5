import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../src/kernel/secret.ts';
import { crewOf, fleetManifest, fleetSeed, parseFleetSize } from '../../src/landscape/fleet/index.ts';
import { MISTAKES } from '../../src/landscape/fleet/mistakes.ts';
import { openAcme } from '../fixtures/acme.ts';

/** As many technical users of each kind as it takes for every mistake to occur. */
const SIZE = parseFleetSize('10x200');

test('a fleet is the same each time, ids included', () => {
  expect(fleetSeed({ ...SIZE })).toEqual(fleetSeed(SIZE));
  expect(fleetManifest({ ...SIZE })).toBe(fleetManifest(SIZE));
});

test('what is no size is refused with a hint', () => {
  for (const text of ['500', '500x', '3x10', '10x0', '100000x5', '5 x 5', '-5x5']) {
    expect(() => parseFleetSize(text), text).toThrow(`'${text}' is no size of a fleet`);
  }
});

test('lint, plan and doctor find every mistake of the fleet, and prove all who have none', {
  timeout: 180_000,
}, async () => {
  const crew = crewOf(SIZE);
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-fleet-'));
  await using fleet = await openAcme({ seed: fleetSeed(SIZE) });
  try {
    const manifest = path.join(folder, 'fleet.yaml');
    await writeFile(manifest, fleetManifest(SIZE));
    const { vault } = fleet.store;
    for (const { name } of crew) {
      const secret = new Secret(fleet.landscape.credentials().FLEET_ROBOT_PASSWORD ?? '');
      const { version } = await vault.propose(`fleet/${name}`, secret, fleet.context.now());
      await vault.promote(`fleet/${name}`, version, fleet.context.now());
    }
    const engine = fleet.engine({ manifest });
    const told = new Map<string, Set<string>>(crew.map(({ name }) => [name, new Set()]));
    for (const { subject, code } of await engine.lint()) told.get(subject)?.add(code);
    const plan = await engine.plan();
    for (const { user = '', action, type } of plan.steps) told.get(user)?.add(`${action} ${type}`);
    for (const { subject, code } of plan.findings) {
      // Findings of a plan are about addresses, in which the user stands by name or by e-mail.
      const holder = crew.find(({ name, email }) => subject.endsWith(`/${name}`) || subject.includes(`/${email}@`));
      if (holder) told.get(holder.name)?.add(code);
    }
    const healthy = crew.filter(({ mistake }) => mistake === undefined).map(({ name }) => name);
    const examined = [...crew.filter(({ mistake }) => mistake), ...crew.slice(0, 8)].map(({ name }) => name);
    const report = await engine.doctor({ users: examined });
    for (const { user, hops } of report.users) for (const { code = '' } of hops) told.get(user)?.add(code);

    expect(new Set(crew.flatMap(({ mistake }) => mistake?.name ?? []))).toEqual(
      new Set(MISTAKES.map(({ name }) => name)),
    );
    expect(
      crew.flatMap(({ name, mistake }) =>
        mistake && !told.get(name)?.has(mistake.finds) ? [`${mistake.name}: no ${mistake.finds} for ${name}`] : [],
      ),
    ).toEqual([]);
    const bad = report.users.filter(({ hops }) => hops.some(({ status }) => status !== 'ok'));
    expect(bad.filter(({ user }) => healthy.includes(user))).toEqual([]);
    expect(report.users.filter(({ user }) => healthy.includes(user))).toHaveLength(8);
    expect(plan.steps.filter(({ user = '' }) => healthy.includes(user))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

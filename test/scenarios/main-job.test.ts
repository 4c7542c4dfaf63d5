import { expect, test } from 'vitest';
import { openAcme } from '../fixtures/acme.ts';

test('takes the technical users of the seeds from a manifest to proven logins, and then finds nothing to do', async () => {
  await using acme = await openAcme();
  const plan = await acme.engine().plan();
  expect(plan.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  expect(plan.steps.every((step) => step.action === 'create')).toBe(true);
  expect(plan.steps.map((step) => step.address)).toMatchSnapshot();

  const report = await acme.engine().apply({ why: 'main job', plan });
  expect(report.run?.steps.filter((step) => step.result !== 'done')).toEqual([]);
  expect(report.remaining.steps).toEqual([]);

  const doctor = await acme.engine().doctor();
  const bad = doctor.users.flatMap((user) =>
    user.hops.filter((hop) => hop.status !== 'ok').map((hop) => ({ user: user.user, ...hop })),
  );
  expect(bad).toEqual([]);
  expect(doctor.status).toBe('ok');
  expect(doctor.users.map((user) => user.user)).toEqual(['ctms-deploy', 'mtx-routes', 'pipeline']);
  const links = doctor.users.map((user) => [...new Set(user.hops.map((hop) => hop.link))]);
  expect(links[0]).toEqual([
    'tenant',
    'user',
    'trust',
    'authorization',
    'org-and-space',
    'destination',
    'token',
    'consumer',
  ]);

  const again = await acme.engine().plan();
  expect(again.steps).toEqual([]);
  expect(again.unknown.map((entry) => entry.paths)).toEqual([['password'], ['password'], ['password']]);
});

import { expect, test } from 'vitest';
import { composeEmulators } from '../../../../../emulation/compose.ts';
import { cfEmulator } from '../../index.ts';
import { startWithApp } from '../../testing/deployable-app.ts';
import { identityDouble } from '../../testing/identity-double.ts';

test('deployments of a landscape that was kept before apps had revisions are shown, and a waiting one is continued', async () => {
  const { emulators, robot, web, old, next, current, deploy } = await startWithApp();
  const kept = emulators.state.collection<unknown>('cf/deployments');
  const keep = (guid: string, more: object) => {
    const row = { guid, landscape: 'eu10-004', createdAt: 0, updatedAt: 0, doneAt: 0, app: web.guid };
    const metadata = { labels: {}, annotations: {} };
    kept.set(guid, { ...row, droplet: next, previousDroplet: old, maxInFlight: 1, metadata, ...more });
  };
  keep('over', { strategy: 'recreate', waits: false });
  keep('canceled', { strategy: 'canary', waits: true, ended: 'CANCELED' });
  keep('waiting', { strategy: 'canary', waits: true });
  keep('undecided', { strategy: 'canary', waits: true });
  const credentials = { password: () => '', keep: () => {} };
  composeEmulators({
    emulators: [identityDouble, cfEmulator],
    context: emulators,
    state: emulators.state,
    credentials,
  });
  expect((await robot.get(`/v3/deployments?app_guids=${web.guid}`)).body).toMatchObject({
    resources: [
      { guid: 'over', strategy: 'rolling', status: { reason: 'DEPLOYED' }, new_processes: [] },
      { guid: 'canceled', strategy: 'canary', status: { reason: 'CANCELED' } },
      { guid: 'waiting', status: { value: 'ACTIVE', reason: 'PAUSED' } },
      { guid: 'undecided', status: { value: 'ACTIVE', reason: 'PAUSED' } },
    ],
  });
  const act = async (guid: string, action: string) => {
    expect((await robot.send('POST', `/v3/deployments/${guid}/actions/${action}`)).status).toBe(200);
    return (await robot.get(`/v3/deployments/${guid}`)).body;
  };
  expect(await act('waiting', 'continue')).toMatchObject({ status: { reason: 'DEPLOYED' } });
  expect(await act('undecided', 'cancel')).toMatchObject({ status: { reason: 'CANCELED' } });
  expect(await current()).toBe(old);
  expect(await deploy()).toMatchObject({ status: { reason: 'DEPLOYED' }, droplet: { guid: next } });
});

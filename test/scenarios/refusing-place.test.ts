import { expect, test } from 'vitest';
import { createOpenbao } from '../../src/systems/consumers/testing/openbao.ts';
import { ACME_MANIFEST } from '../fixtures/acme.ts';
import { appliedAcme, manifestWith } from '../fixtures/life.ts';
import { mutations } from '../fixtures/mortal.ts';

const again = await appliedAcme(ACME_MANIFEST);
const manifest = manifestWith('refusing-place', (text) => {
  text.connections = { ...(text.connections as object), ...createOpenbao().connections };
  for (const user of text.technicalUsers) if (user.name === 'mtx-routes') user.deliverTo = [createOpenbao().target];
});

test('a rotation does not begin while a place would refuse the new secret, and says which right it lacks', async () => {
  await using acme = await again();
  const bao = createOpenbao({ rights: { 'secret/data/acme/*': ['read'] } });
  const engine = acme.engine({
    manifest,
    env: (name) => bao.secrets[name] ?? acme.landscape.credentials()[name],
    context: {
      ...acme.context,
      fetch: (input, init) =>
        new Request(input, init).url.startsWith('https://bao.')
          ? bao.fetch(input, init)
          : acme.context.fetch(input, init),
    },
  });
  const before = await acme.store.vault.history('acme/mtx-routes');
  const [report] = await engine.rotate({ names: ['mtx-routes'], why: 'rotation' });
  expect(report?.outcome).toBe('refused');
  expect(report?.findings).toContainEqual(
    expect.objectContaining({
      code: 'ROTATION_PLACE_REFUSES',
      remedy: 'give the login a policy with update on secret/data/acme/robot',
    }),
  );
  expect(mutations(acme.calls)).toEqual([]);
  expect(await acme.store.vault.history('acme/mtx-routes')).toEqual(before);
});

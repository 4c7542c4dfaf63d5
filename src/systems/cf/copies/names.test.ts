import { expect, test } from 'vitest';
import { Secret } from '../../../kernel/secret.ts';
import { createMemoryVault } from '../../../kernel/vault/memory.ts';
import { secretsOf, tracesIn } from './names.ts';

const traces = { email: 'robot@sap-test.de', login: 'robot', secrets: ['Top-Secret-1'] };

test.each([
  [{ url: 'https://ROBOT@sap-test.de:pw@example.com' }, 'name'],
  [{ deep: [{ user: 'Robot' }] }, 'name'],
  [{ note: 'the robot of somebody' }, undefined],
  [{ PASSWORD: 'Top-Secret-1' }, 'secret'],
  [{ config: '{"password":"Top-Secret-1"}' }, 'secret'],
  [{ PASSWORD: 'top-secret-1' }, undefined],
  [{ a: 'Top-Secret-1', b: 'robot' }, 'name'],
  [{ nothing: null, number: 7 }, undefined],
])('finds whom %j names, or whose secret it holds', (content, found) => {
  expect(tracesIn(content, traces)).toBe(found);
});

test('secrets are the versions that may be valid; of a service key what is secret in it; what is too short is none', async () => {
  const vault = createMemoryVault();
  const keep = async (text: string) => {
    const { version } = await vault.propose('acme/robot', new Secret(text), 0);
    return version;
  };
  await vault.retire('acme/robot', await keep('retired-long-ago'), 0);
  await vault.promote('acme/robot', await keep('the-one-before'), 0);
  await vault.promote('acme/robot', await keep('the-current-one'), 0);
  await keep('short');
  const key = { clientid: 'sb-something-long', uaa: { clientsecret: 'of-the-client' }, certificate: 'public-anyway' };
  await keep(JSON.stringify(key));
  expect(await secretsOf('acme/robot', vault)).toEqual(['the-one-before', 'the-current-one', 'of-the-client']);
});

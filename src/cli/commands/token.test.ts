import { expect, test } from 'vitest';
import { ConfigError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { EXIT } from '../exit-codes.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { locum } from '../testing/locum.ts';

test('token prints the token and nothing else on stdout', async () => {
  const engine = fixtureEngine({
    token: async (user, target) => ({
      value: new Secret(`token of ${user} for ${target}`),
      expiresAt: Date.UTC(2026, 10, 21),
      scope: 'cloud_controller.read',
    }),
  });
  const { parts } = fakeParts(engine);
  expect((await locum('token pipeline --target dev', { parts })).out).toBe('token of pipeline for dev\n');
  expect(JSON.parse((await locum('token pipeline --target dev --json', { parts })).out)).toEqual({
    token: 'token of pipeline for dev',
    expiresAt: '2026-11-21T00:00:00.000Z',
    scope: 'cloud_controller.read',
  });
});

test('a name of a technical user that is none suggests the nearest', async () => {
  const engine = fixtureEngine({
    token: async () => {
      throw new ConfigError('ERR_CONFIG', "no technical user 'pipelin' in acme", {
        remedy: "did you mean 'pipeline'?",
      });
    },
  });
  const { code, err } = await locum('token pipelin', { parts: fakeParts(engine).parts });
  expect(code).toBe(EXIT.config);
  expect(err).toContain("did you mean 'pipeline'?");
});

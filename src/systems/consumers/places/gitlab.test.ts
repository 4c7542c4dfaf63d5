import { expect, test } from 'vitest';
import { placeIn } from '../testing/acts.ts';
import { contextOn } from '../testing/context.ts';
import { createGitlab } from '../testing/gitlab.ts';

test('GitLab masks what it can, and what it can not is told', async () => {
  const double = createGitlab();
  const place = await placeIn(await contextOn(double));
  expect(await place.deliver('one-word-$HOME', 1)).toMatchObject({ masked: true });
  expect(double.settings()).toMatchObject({ value: 'one-word-$HOME', masked: true, raw: true });
  expect(await place.deliver('two words', 2)).toMatchObject({ masked: false });
  expect(double.settings()).toMatchObject({ value: 'two words', masked: false });
});

test('a hidden variable is made so, takes the next version, and does not tell what it holds', async () => {
  const double = createGitlab({ more: { hidden: true } });
  const place = await placeIn(await contextOn(double));
  await place.deliver('first-secret', 1);
  await place.deliver('second-secret', 2);
  expect(double.settings()).toMatchObject({ value: 'second-secret', masked: true, hidden: true });
  expect(await place.holds('second-secret', 2)).toBe('unknown');
});

test('a secret that can not be masked is not sent to a variable that should be hidden', async () => {
  const double = createGitlab({ more: { hidden: true } });
  await expect((await placeIn(await contextOn(double))).deliver('two words', 1)).rejects.toMatchObject({
    code: 'ERR_CONFIG',
  });
  expect(double.writes()).toBe(0);
});

test('a variable that somebody hid is not laid open for a secret that can not be masked', async () => {
  const hiding = createGitlab({ more: { hidden: true } });
  await (await placeIn(await contextOn(hiding))).deliver('first-secret', 1);
  const { hidden: _hidden, ...target } = hiding.target as typeof hiding.target & { hidden?: boolean };
  const error = (await placeIn(await contextOn({ ...hiding, target }))).deliver('two words', 2);
  await expect(error).rejects.toMatchObject({ status: 400, remedy: expect.stringContaining('hidden') });
  expect(hiding.settings()).toMatchObject({ value: 'first-secret', hidden: true });
});

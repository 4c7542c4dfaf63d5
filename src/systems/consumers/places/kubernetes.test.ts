import { expect, test } from 'vitest';
import { Secret } from '../../../kernel/secret.ts';
import { lookIn, placeIn } from '../testing/acts.ts';
import { contextOn } from '../testing/context.ts';
import { createKubernetes } from '../testing/kubernetes.ts';

test('a Secret that is immutable is told as such', async () => {
  const double = createKubernetes({ immutable: true });
  const place = await placeIn(await contextOn(double));
  await expect(place.deliver('s1', 1)).rejects.toMatchObject({
    status: 422,
    remedy: expect.stringContaining('immutable'),
  });
});

test('a token that is replaced in its file meanwhile is read again', async () => {
  const double = createKubernetes();
  let token = 'kube-token-of-before';
  const ctx = await contextOn(double, { secret: async () => new Secret(token) });
  await expect(lookIn(ctx)).rejects.toMatchObject({ status: 401 });
  token = 'kube-token';
  expect(await lookIn(ctx)).toEqual({ is: 'absent' });
});

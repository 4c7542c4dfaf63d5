import { expect, test } from 'vitest';
import { placeIn } from '../testing/acts.ts';
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

import { expect, test } from 'vitest';
import { lookIn, placeIn } from '../testing/acts.ts';
import { createAzureDevOps } from '../testing/azure-devops.ts';
import { AT, contextOn } from '../testing/context.ts';

const now = () => AT;

test('a variable is the same in capital and small letters', async () => {
  const double = createAzureDevOps(now);
  double.overwrite?.('by hand, as CF.Password');
  const place = await placeIn(await contextOn(double));
  await place.deliver('s1', 1);
  expect(double.stored()).toMatchObject({ secret: 's1' });
});

test('a group whose variables come from Azure Key Vault is left alone', async () => {
  const double = createAzureDevOps(now, { type: 'AzureKeyVault' });
  const place = await placeIn(await contextOn(double));
  await expect(place.deliver('s1', 1)).rejects.toMatchObject({
    code: 'ERR_REMOTE_CONFLICT',
    remedy: expect.stringContaining('Key Vault'),
  });
  expect(double.writes()).toBe(0);
});

test('a token that has ended is told as such, though Azure sends to its sign-in page', async () => {
  const double = createAzureDevOps(now);
  const ctx = await contextOn({ ...double, secrets: { AZURE_TOKEN: 'old' } });
  await expect(lookIn(ctx)).rejects.toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', status: 203 });
});

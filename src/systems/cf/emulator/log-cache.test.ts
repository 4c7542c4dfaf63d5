import { expect, test } from 'vitest';
import { startTestLandscape } from './testing/landscape.ts';

test('the Log Cache tells its version to whoever asks, from which clients know its paths', async () => {
  const emulators = await startTestLandscape();
  const ask = async () => {
    const info = await emulators.fetch('https://log-cache.cf.eu10-004.hana.ondemand.com/api/v1/info');
    expect(info.status).toBe(200);
    return (await info.json()) as { readonly version: string; readonly vm_uptime: string };
  };
  const before = await ask();
  expect(before.version).toMatch(/^\d+\.\d+\.\d+$/);
  emulators.advance(60_000);
  expect(Number((await ask()).vm_uptime) - Number(before.vm_uptime)).toBe(60);
});

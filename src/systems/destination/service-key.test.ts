import { expect, test } from 'vitest';
import { KEY_OF_TMS, type Landscape, startLandscape } from './emulator/testing/landscape.ts';
import { CTMS, manifestText, type Runs, startRuns } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const DAY = 86_400_000;

async function start(): Promise<{ landscape: Landscape; runs: Runs; key: Record<string, string> }> {
  const landscape = await startLandscape({ credentialType: 'x509' });
  const runs = await startRuns(destination, landscape, manifestText(CTMS));
  return { landscape, runs, key: JSON.parse(landscape.emulators.credentials.get(KEY_OF_TMS) ?? '') };
}

function give(landscape: Landscape, key: Readonly<Record<string, unknown>>): void {
  (landscape.emulators.credentials as Map<string, string>).set(KEY_OF_TMS, JSON.stringify(key));
}

test('a service key of type x509 works without a secret: its certificate is shown where tokens are had', async () => {
  const { landscape, runs, key } = await start();
  expect(key).not.toHaveProperty('clientsecret');
  expect(key['credential-type']).toBe('x509');
  const report = await runs.apply();
  expect(report.steps).toMatchObject([{ result: 'done' }]);
  expect((await runs.plan()).steps).toEqual([]);
  const logins = landscape.requests.filter((line) => line.endsWith('/oauth/token') && line.includes('acme-tms'));
  expect(new Set(logins)).toEqual(
    new Set(['POST https://acme-tms.authentication.cert.eu10.hana.ondemand.com/oauth/token']),
  );
});

test('the certificate of another key is refused, and one without its private key is told', async () => {
  const { landscape, runs, key } = await start();
  const other = await start();
  give(landscape, { ...key, certificate: other.key.certificate, key: other.key.key });
  expect((await runs.plan()).findings).toMatchObject([{ code: 'ERR_REMOTE_CREDENTIALS' }]);
  const { key: _private, ...open } = key;
  give(landscape, open);
  const [finding] = (await runs.plan()).findings;
  expect(finding?.because).toContain('lacks key');
  expect(finding?.remedy).toContain('private key');
});

test('a certificate that has ended is told before anybody is asked', async () => {
  const { landscape, runs, key } = await start();
  landscape.emulators.advance(366 * DAY);
  landscape.requests.length = 0;
  const [finding] = (await runs.plan()).findings;
  expect(finding?.because).toMatch(/certificate of the service key has ended \(2027-11-21T/);
  expect(landscape.requests).toEqual([]);
  give(landscape, { ...key, certificate: 'nothing' });
  expect((await runs.plan()).findings[0]?.because).toContain('can not be read');
});

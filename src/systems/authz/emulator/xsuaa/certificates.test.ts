import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { expect, test } from 'vitest';
import { startAuthz } from '../../../../../test/fixtures/authz.ts';
import { tellPeer } from '../../../../emulation/peer.ts';

const URL_OF_TOKENS = 'https://acme-dev.authentication.cert.eu10.hana.ondemand.com/oauth/token';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function certificate(now: number, subject = 'CN=robot'): Promise<string> {
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 86_400_000),
    signingAlgorithm: ALGORITHM,
    keys: await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']),
  });
  return made.toString('pem');
}

test('a client of a certificate gets tokens where it shows that certificate, as long as it is valid', async () => {
  const landscape = await startAuthz();
  const own = await certificate(landscape.now());
  const clientId = await landscape.certificateCredential(own);
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId });
  async function status(shown: readonly string[], url = URL_OF_TOKENS): Promise<number> {
    const request = new Request(url, { method: 'POST', body });
    tellPeer(request, { certificates: shown });
    return (await landscape.fetch(request)).status;
  }
  expect(await status([own])).toBe(200);
  expect(await status([])).toBe(401);
  // The same names in another certificate.
  expect(await status([await certificate(landscape.now())])).toBe(401);
  expect(await status([own], URL_OF_TOKENS.replace('.cert.', '.'))).toBe(401);
  landscape.advance(2 * 86_400_000);
  expect(await status([own])).toBe(401);
});

import { beforeAll, expect, test } from 'vitest';
import { selfSigned } from '../../landscape/testing/client-certificate.ts';
import { Secret } from '../secret.ts';
import { endOf } from './validity.ts';

let pem = '';
let end = 0;
beforeAll(async () => {
  const { X509Certificate } = await import('node:crypto');
  pem = (await selfSigned('CN=robot')).cert;
  end = Date.parse(new X509Certificate(pem).validTo);
});

test('a certificate ends a secret, as PEM or inside of a key; of several the first', () => {
  expect(endOf(new Secret(pem))?.at).toBe(end);
  expect(endOf(new Secret(JSON.stringify({ uaa: { certificate: pem } })))).toMatchObject({ kind: 'at', at: end });
  const sooner = { certificate: pem, certificate_expires_at: '2020-01-01T00:00:00Z' };
  expect(endOf(new Secret(JSON.stringify(sooner)))).toMatchObject({ at: Date.UTC(2020, 0, 1) });
});

test('a binding of SAP Credential Store says itself when it ends', () => {
  const binding = { url: 'https://credstore', username: 'u', password: 'p', expires_at: '2027-01-30T10:00:00Z' };
  expect(endOf(new Secret(JSON.stringify(binding)))?.at).toBe(Date.UTC(2027, 0, 30, 10));
});

test.each(['Top-Secret-1', '{"clientid":"x","clientsecret":"y"}', '7', 'null', '{"expires_at":"one day"}'])(
  '%s tells no end',
  (text) => expect(endOf(new Secret(text))).toBeUndefined(),
);

test('what only looks like a certificate is none', () => {
  expect(endOf(new Secret('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'))).toBeUndefined();
});

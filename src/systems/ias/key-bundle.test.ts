import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { bundleOf, certificateOf, makeKeyWith, readBundle } from './key-bundle.ts';

const NOW = Date.UTC(2026, 10, 21);
const ctx = { now: () => NOW, random: (bytes: number) => new Uint8Array(bytes).fill(7) } as unknown as SystemContext;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** An authority that signs a request, as a company's does. */
async function signed(request: string): Promise<string> {
  const wish = new x509.Pkcs10CertificateRequest(request);
  const keys = await crypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '4711',
    subject: wish.subject,
    issuer: 'CN=Acme CA',
    notBefore: new Date(NOW),
    notAfter: new Date(NOW + 1000),
    signingAlgorithm: EC,
    signingKey: keys.privateKey,
    publicKey: await wish.publicKey.export(),
  });
  return certificate.toString('pem');
}

test('a request names the client, proves that the key is there, and its certificate makes a bundle with that key', async () => {
  const prepared = await makeKeyWith('request', { commonName: 'locum-nightly', days: 1 }, ctx);
  const { text, chain, key } = readBundle(prepared);
  expect([chain, key === undefined]).toEqual(['', false]);
  const request = new x509.Pkcs10CertificateRequest(text);
  expect(request.subject).toBe('CN=locum-nightly');
  expect(await request.verify()).toBe(true);
  const bundle = bundleOf(prepared, new Secret(await signed(text)));
  expect(readBundle(bundle).key?.reveal()).toBe(key?.reveal());
  expect(certificateOf(bundle)?.serialNumber).toBe('4711');
});

test('what signs itself is whole from the beginning, and ends after its days', async () => {
  const prepared = await makeKeyWith('self-signed', { commonName: 'locum-nightly', days: 90 }, ctx);
  expect(bundleOf(prepared, undefined)).toBe(prepared);
  expect(certificateOf(prepared)?.validToDate.getTime()).toBe(NOW + 90 * 86_400_000);
});

test('what the console generated brings its own key', async () => {
  const generated = await makeKeyWith('self-signed', { commonName: 'of the console', days: 1 }, ctx);
  const text = `Bag Attributes\n  friendlyName: x\n${generated.reveal()}`;
  expect(new X509Certificate(readBundle(bundleOf(undefined, new Secret(text))).chain).subject).toBe(
    'CN=of the console',
  );
});

test.for([
  ['nothing', undefined, 'nothing was given'],
  ['a word', 'hunter2-hunter2', 'no certificate in PEM format'],
  ['a certificate without its key', 'certificate', 'no private key in PEM format'],
] as const)('%s is refused, and never quoted', async ([, given, because]) => {
  const { chain } = readBundle(await makeKeyWith('self-signed', { commonName: 'x', days: 1 }, ctx));
  const brought = given === undefined ? undefined : new Secret(given === 'certificate' ? chain : given);
  const attempt = () => bundleOf(undefined, brought);
  expect(attempt).toThrow(because);
  expect(attempt).not.toThrow('hunter2');
});

test('a certificate of another key is refused', async () => {
  const prepared = await makeKeyWith('request', { commonName: 'mine', days: 1 }, ctx);
  const other = await makeKeyWith('self-signed', { commonName: 'other', days: 1 }, ctx);
  expect(() => bundleOf(prepared, other)).toThrow('does not belong to the key');
});

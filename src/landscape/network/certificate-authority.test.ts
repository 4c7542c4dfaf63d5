import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { openCertificateAuthority } from './certificate-authority.ts';

const DAY = 86_400_000;

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'locum-ca-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('makes an authority that is valid for ten years, with a key that only its owner reads', async () => {
  const folder = await directory();
  const ca = await openCertificateAuthority({ directory: folder });
  const certificate = new X509Certificate(await readFile(ca.certificateFile));
  expect(certificate.ca).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(3649 * DAY);
  expect((await stat(path.join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);
});

test('keeps the authority over restarts, and takes back rights that somebody gave on its key', async () => {
  const folder = await directory();
  const first = await openCertificateAuthority({ directory: folder });
  await chmod(path.join(folder, 'ca.key'), 0o644);
  const second = await openCertificateAuthority({ directory: folder });
  expect(second.certificatePem).toBe(first.certificatePem);
  expect((await stat(path.join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);
});

test('makes a new authority when the old one is damaged, and publishes its certificate', async () => {
  const folder = await directory();
  const first = await openCertificateAuthority({ directory: folder });
  await writeFile(path.join(folder, 'ca.key'), '');
  const second = await openCertificateAuthority({ directory: folder });
  expect(second.certificatePem).not.toBe(first.certificatePem);
  expect((await readFile(second.certificateFile, 'utf8')).trim()).toBe(second.certificatePem.trim());
});

test('makes a new authority when the old one is about to end', async () => {
  const folder = await directory();
  const first = await openCertificateAuthority({ directory: folder, now: () => Date.now() - 9 * 365 * DAY });
  const second = await openCertificateAuthority({ directory: folder });
  expect(second.certificatePem).not.toBe(first.certificatePem);
});

test('certifies one host per certificate, by its alternative name, for a time that picky clients take', async () => {
  const ca = await openCertificateAuthority({ directory: await directory() });
  const host = 'acme-platform.authentication.eu10.hana.ondemand.com';
  const certificate = await served(ca, host);
  expect(certificate.subjectAltName).toBe(`DNS:${host}`);
  expect(certificate.checkHost(host)).toBe(host);
  expect(certificate.checkHost('other.authentication.eu10.hana.ondemand.com')).toBeUndefined();
  expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBeLessThan(399 * DAY);
});

test('makes the certificate of a host once', async () => {
  const ca = await openCertificateAuthority({ directory: await directory() });
  expect(await ca.contextFor('a.example')).toBe(await ca.contextFor('a.example'));
});

/** The certificate that a client sees which trusts nobody but the authority. */
async function served(ca: Awaited<ReturnType<typeof openCertificateAuthority>>, host: string) {
  const context = await ca.contextFor(host);
  const server = createServer({ SNICallback: (_, done) => done(null, context) }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const socket = connect({ host: '127.0.0.1', port, servername: host, ca: ca.certificatePem });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (!certificate) throw new Error('no certificate was shown');
  return certificate;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadManifest } from '../../kernel/manifest/load.ts';
import { createMemoryVault } from '../../kernel/vault/memory.ts';
import { startLandscape } from './emulator/testing/landscape.ts';
import { CTMS, manifestText } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'locum-key-stores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function missing(tool: string, ...words: string[]): string {
  try {
    execFileSync(tool, words, { stdio: 'ignore' });
    return '';
  } catch {
    return `no ${tool}`;
  }
}
const noKeytool = missing('keytool', '-help');
const noOpenssl = missing('openssl', 'version');

/** A subaccount with these files, and destinations that name them. */
async function ends(files: Readonly<Record<string, Buffer>>, destinations: readonly Record<string, string>[] = []) {
  const landscape = await startLandscape();
  for (const [Name, content] of Object.entries(files)) {
    const body = { Name, Type: 'CERTIFICATE', Content: content.toString('base64') };
    expect((await landscape.call('POST', 'subaccountCertificates', { body })).status).toBe(201);
  }
  for (const [index, properties] of destinations.entries()) {
    const body = { Name: `d${index}`, Type: 'HTTP', URL: 'https://acme.example', ProxyType: 'Internet', ...properties };
    expect((await landscape.call('POST', 'subaccountDestinations', { body })).status).toBe(201);
  }
  const manifest = await loadManifest('/acme/locum.yaml', async () => manifestText(CTMS), [destination.section]);
  const found = await destination.expiries?.([], landscape.context(manifest, createMemoryVault()));
  expect(JSON.stringify(found)).not.toContain('changeit');
  return Object.fromEntries((found ?? []).map(({ title, end }) => [title.split(' ')[1], end]));
}

/** As the tool wrote it. */
function made(name: string, tool: string, ...words: string[]): Buffer {
  execFileSync(tool, words, { cwd: folder, stdio: 'ignore' });
  return readFileSync(path.join(folder, name));
}

const keytool = (name: string, type: string, days: string) =>
  made(
    name,
    'keytool',
    ...[
      '-genkeypair',
      '-keyalg',
      'EC',
      '-groupname',
      'secp256r1',
      '-alias',
      `robot${days}`,
      '-dname',
      'CN=robot',
      '-validity',
      days,
    ],
    ...['-keystore', name, '-storetype', type, '-storepass', 'changeit', '-keypass', 'changeit'],
  );
const inDays = (days: number) => {
  const at = Date.now() + days * 86_400_000;
  // Made a moment ago.
  return expect.toSatisfy((end: { at: number }) => Math.abs(end.at - at) < 3_600_000);
};
const named = (name: string, password: string) => ({
  Authentication: 'ClientCertificateAuthentication',
  KeyStoreLocation: name,
  KeyStorePassword: password,
});

test.skipIf(noKeytool !== '')(
  `a JKS of Java tells when its certificates end, whoever has its password: the first of them counts${noKeytool && ` (skipped: ${noKeytool})`}`,
  async () => {
    keytool('java.jks', 'JKS', '90');
    expect(await ends({ 'java.jks': keytool('java.jks', 'JKS', '20') })).toEqual({ 'java.jks': inDays(20) });
  },
);

test.skipIf(noKeytool !== '')(
  `a PKCS#12 of Java is opened with the password that a destination has for it, and told as closed without${noKeytool && ` (skipped: ${noKeytool})`}`,
  async () => {
    const files = { 'java.p12': keytool('java.p12', 'PKCS12', '40') };
    expect(await ends(files, [named('java.p12', 'old'), named('java.p12', 'changeit')])).toEqual({
      'java.p12': inDays(40),
    });
    expect(await ends(files, [named('java.p12', 'old')])).toMatchObject({
      'java.p12': { kind: 'unknown', because: expect.stringContaining('password') },
    });
  },
);

test.skipIf(noOpenssl !== '')(
  `PEM, DER and PKCS#12 of openssl tell when they end, with keys of elliptic curves too${noOpenssl && ` (skipped: ${noOpenssl})`}`,
  async () => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '15'];
    const pem = made(
      'c.pem',
      'openssl',
      'req',
      '-x509',
      ...curve,
      '-keyout',
      'k.pem',
      '-out',
      'c.pem',
      '-subj',
      '/CN=robot',
    );
    const cer = made('c.cer', 'openssl', 'x509', '-in', 'c.pem', '-outform', 'der', '-out', 'c.cer');
    const export12 = ['pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem'];
    const open = made('open.p12', 'openssl', ...export12, '-passout', 'pass:', '-out', 'open.p12');
    const closed = made('closed.p12', 'openssl', ...export12, '-passout', 'pass:changeit', '-out', 'closed.p12');
    const files = { 'c.pem': pem, 'c.cer': cer, 'open.p12': open, 'closed.p12': closed };
    const found = await ends(files, [named('closed.p12', 'changeit')]);
    expect(found).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, inDays(15)])));
  },
);

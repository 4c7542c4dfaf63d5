import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Landscape, startLandscape } from '../testing/landscape.ts';
import { openKeyStore } from './key-store.ts';

let landscape: Landscape;
beforeAll(async () => {
  landscape = await startLandscape();
});
const folder = mkdtempSync(path.join(tmpdir(), 'locum-key-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly Name: string;
  readonly Content: string;
}

const post = (body: object) => landscape.call('POST', 'subaccountCertificates', { body });

async function read(name: string): Promise<Buffer> {
  const response = await landscape.call('GET', `subaccountCertificates/${name}`);
  return Buffer.from(((await response.json()) as Read).Content, 'base64');
}

async function publicKeys(name: string) {
  const response = await landscape.call('GET', `subaccountCertificates/${name}/publicKeys`);
  return { status: response.status, body: await response.json() };
}

/** Runs a tool in the folder; undefined when it is not installed. */
function tool(command: string, ...words: string[]): string | undefined {
  try {
    return execFileSync(command, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
const absent = (command: string, word: string) =>
  tool(command, word) === undefined ? `${command} is not installed` : '';
const noOpenssl = absent('openssl', 'version');
const noKeytool = absent('keytool', '-help');

test.each(['made.pem', 'made.p12', 'made.jks'])(
  'generates %s: a key, its certificate, and the chain of the authority',
  async (name) => {
    const attributes = { Password: 'secret', Validity: { TimeUnit: 'MONTHS', Value: 3 } };
    expect((await post({ Name: name, Attributes: attributes })).status).toBe(201);
    const [entry] = openKeyStore(name, await read(name), 'secret');
    const chain = (entry?.certificates ?? []).map((pem) => new X509Certificate(pem));
    const [leaf, ca, root] = chain;
    if (!leaf || !ca || !root) throw new Error('no chain');
    expect(leaf.checkPrivateKey(createPrivateKey(entry?.privateKey ?? ''))).toBe(true);
    expect([leaf.verify(ca.publicKey), ca.verify(root.publicKey), root.verify(root.publicKey)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(leaf.subject.split('\n')).toContain(`CN=${name}`);
    expect(leaf.validToDate.getTime() - landscape.emulators.now()).toBeGreaterThan(88 * 86_400_000);
    // Of what the service made itself it shows the public part, password or not.
    const { status, body } = await publicKeys(name);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { ...(name === 'made.pem' ? {} : { Alias: name }), SubjectDN: expect.stringMatching(/^CN=made\..*,C=DE$/) },
    ]);
  },
);

test.skipIf(noKeytool !== '')(
  `Java opens a generated JKS, and what Java writes is opened${noKeytool && ` (skipped: ${noKeytool})`}`,
  async () => {
    await post({ Name: 'ours.jks', Attributes: { CN: 'robot', Password: 'changeit' } });
    const ours = await read('ours.jks');
    writeFileSync(path.join(folder, 'ours.jks'), ours);
    const from = ['-srckeystore', 'ours.jks', '-srcstoretype', 'JKS', '-srcstorepass', 'changeit'];
    const to = ['-destkeystore', 'java.jks', '-deststoretype', 'JKS', '-deststorepass', 'changeit'];
    tool('keytool', '-importkeystore', '-noprompt', ...from, ...to);
    const javas = readFileSync(path.join(folder, 'java.jks'));
    expect(openKeyStore('java.jks', javas, 'changeit')).toEqual(openKeyStore('ours.jks', ours, 'changeit'));
    expect((await post({ Name: 'java.jks', Content: javas.toString('base64') })).status).toBe(201);
    expect(await publicKeys('java.jks')).toEqual({
      status: 400,
      body: { ErrorMessage: 'The keystore is password-protected and public keys cannot be retrieved' },
    });
  },
);

test.skipIf(noOpenssl !== '')(
  `uploads what openssl writes: PEM, DER and PKCS#12${noOpenssl && ` (skipped: ${noOpenssl})`}`,
  async () => {
    const subject = ['-subj', '/C=DE/O=Acme/CN=robot'];
    tool('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', ...subject);
    tool('openssl', 'x509', '-in', 'c.pem', '-outform', 'der', '-out', 'c.cer');
    tool('openssl', 'pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem', '-passout', 'pass:', '-out', 'open.p12');
    for (const name of ['c.pem', 'c.cer', 'open.p12']) {
      const content = readFileSync(path.join(folder, name));
      expect((await post({ Name: name, Content: content.toString('base64') })).status).toBe(201);
      expect(await read(name)).toEqual(content);
      expect((await publicKeys(name)).body).toMatchObject([{ SubjectDN: 'CN=robot,O=Acme,C=DE' }]);
    }
  },
);

test('signs a request with the subject of the service, as PEM only', async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=ignored',
    keys,
    signingAlgorithm: algorithm,
  });
  const CSR = Buffer.from(request.toString('pem')).toString('base64');
  expect((await post({ Name: 'csr.pem', Attributes: { CN: 'mine', CSR } })).status).toBe(201);
  const [entry] = openKeyStore('csr.pem', await read('csr.pem'), '');
  expect(entry?.hasKey).toBe(false);
  const leaf = new x509.X509Certificate(entry?.certificates[0] ?? '');
  expect(leaf.subjectName.getField('CN')).toEqual(['mine']);
  expect(Buffer.from(leaf.publicKey.rawData)).toEqual(
    Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)),
  );
  for (const body of [
    { Name: 'csr.p12', Attributes: { CSR } },
    { Name: 'bad.pem', Attributes: { CSR: 'bm90aGluZw==' } },
  ])
    expect((await post(body)).status).toBe(400);
});

test('renews in time what shall be renewed, and nothing else', async () => {
  const validity = { TimeUnit: 'DAYS', Value: 30 };
  await post({ Name: 'renewed.pem', Attributes: { Validity: validity, AutomaticRenew: true } });
  await post({ Name: 'kept.pem', Attributes: { Validity: validity } });
  const before = [await read('renewed.pem'), await read('kept.pem')];
  const pass = async (days: number) => {
    landscape.emulators.advance(days * 86_400_000);
    await landscape.emulators.tick();
    return [
      (await read('renewed.pem')).equals(before[0] ?? Buffer.of()),
      (await read('kept.pem')).equals(before[1] ?? Buffer.of()),
    ];
  };
  // Three days before the end (btp-connectivity:fb31561).
  expect(await pass(26)).toEqual([true, true]);
  expect(await pass(2)).toEqual([false, true]);
  const [entry] = openKeyStore('renewed.pem', await read('renewed.pem'), '');
  expect(new X509Certificate(entry?.certificates[0] ?? '').subject).toContain('CN=renewed.pem');
});

test('tells each certificate of an array how it went, and refuses what is none', async () => {
  const valid = (await read('made.pem')).toString('base64');
  const response = await post([
    { Name: 'a.pem', Content: valid },
    { Name: 'made.pem', Content: valid },
    { Name: 'b.pem', Content: 'bm90aGluZw==' },
    { Name: 'c.txt', Content: valid },
    { Name: 'd.p12', Content: valid },
    { Name: 'e.jks', Content: '/u3+7QAAAAIAAAAB/////w==' },
  ]);
  expect(response.status).toBe(207);
  expect(await response.json()).toMatchObject([
    { name: 'a.pem', status: 201, etag: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { name: 'made.pem', status: 409, cause: 'Duplicate key' },
    ...['b.pem', 'c.txt', 'd.p12', 'e.jks'].map((name) => ({ name, status: 400, cause: expect.any(String) })),
  ]);
  const named = await landscape.call('GET', "subaccountCertificates?$filter=Name in ('a.pem','z.pem')");
  expect(await named.json()).toEqual([{ Name: 'a.pem', Type: 'CERTIFICATE', Content: valid }]);
  const affix = await landscape.call('GET', "subaccountCertificates?$filter=startswith(Name,'a')");
  expect(affix.status).toBe(400);
});

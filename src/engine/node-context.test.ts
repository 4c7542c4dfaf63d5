import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../kernel/secret.ts';
import { openCertificateAuthority } from '../landscape/network/certificate-authority.ts';
import { selfSigned } from '../landscape/testing/client-certificate.ts';
import { createNodeContext } from './node-context.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'locum-tls-'));
let server: Server;
let url: string;
let ca: string;

beforeAll(async () => {
  const authority = await openCertificateAuthority({ directory });
  ca = authority.certificatePem;
  const own = await authority.contextFor('localhost');
  const options = {
    SNICallback: (_name: string, give: (error: null, context: typeof own) => void) => give(null, own),
    requestCert: true,
    rejectUnauthorized: false,
  };
  server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ subject: subject?.CN }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

test('the authority of one service is believed for that service alone', async () => {
  await using context = createNodeContext();
  const answer = await context.fetch(url, { tls: { ca } });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  await expect(context.fetch(url)).rejects.toThrow();
});

test('a client certificate is shown to the service that it is for', async () => {
  const { cert, key } = await selfSigned('CN=locum');
  await using context = createNodeContext();
  const shown = await context.fetch(url, { tls: { ca, cert, key: new Secret(key) } });
  expect(await shown.json()).toEqual({ subject: 'locum' });
  const bare = await context.fetch(url, { tls: { ca } });
  expect(await bare.json()).toEqual({});
});

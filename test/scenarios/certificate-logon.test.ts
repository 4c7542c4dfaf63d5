import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandscape, createMemoryPersistence, type Landscape } from '../../src/landscape/index.ts';

const HOST = 'acme-platform.accounts.ondemand.com';

const seed = {
  ias: {
    tenants: [
      {
        id: 'acme-platform',
        users: [{ userName: 'robot', email: 'robot@sap-test.de' }],
        applications: [{ name: 'App', clientId: 'APP_ID', clientSecret: 'APP_SECRET' }],
        trustedCertificates: [{ name: 'robots', pattern: `CN=\${mail:robot@sap-test.de},O=Acme` }],
        userCertificates: [{ subject: 'CN=robot@sap-test.de,O=Acme', certificate: 'ROBOT_CERT', key: 'ROBOT_KEY' }],
      },
    ],
  },
};

let landscape: Landscape;
beforeAll(async () => {
  landscape = await createLandscape({ seed, persistence: createMemoryPersistence(), effort: 'least' });
  await landscape.listen({ portsFrom: 0 });
});
afterAll(() => landscape[Symbol.asyncDispose]());

/** GET of the tenant by TLS through the proxy, as curl with `--cert` and `--key` does it. */
async function get(path: string, credentials: { readonly cert?: string; readonly key?: string }): Promise<string> {
  const { proxy = '', caFile = '' } = landscape.addresses() ?? {};
  const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
  socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nhost: ${HOST}:443\r\n\r\n`);
  await once(socket, 'data');
  const tls = connectTls({ socket, servername: HOST, ca: await readFile(caFile), ...credentials });
  tls.write(`GET ${path} HTTP/1.1\r\nhost: ${HOST}\r\nconnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of tls) text += String(chunk);
  return text;
}

test('a user without a password logs on by the passcode that a client certificate earns over TLS', async () => {
  const { ROBOT_CERT = '', ROBOT_KEY = '', APP_ID = '', APP_SECRET = '' } = landscape.credentials();
  expect(await get('/service/users/passcode', {})).toMatch(/^HTTP\/1\.1 401 /);
  const answer = await get('/service/users/passcode', { cert: ROBOT_CERT, key: ROBOT_KEY });
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  const { passcode } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { passcode: string };
  const logOn = () =>
    landscape.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${APP_ID}:${APP_SECRET}`)}` },
      body: new URLSearchParams({ grant_type: 'password', username: 'robot@sap-test.de', password: passcode }),
    });
  expect([(await logOn()).status, (await logOn()).status]).toEqual([200, 401]);
});

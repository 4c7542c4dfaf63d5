import assert from 'node:assert/strict';
import { z } from 'zod';
import { startApache } from '../apache.ts';
import { createBrowser, signIn } from '../browser.ts';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { CREDENTIAL, OUR_APPLICATION, PERSON, skipWithoutRedirects } from '../seed.ts';
import { skipUnlessEmulated } from '../unanswered.ts';
import { IAS } from './openid-client-ias.ts';

/** Apache as a resource server: bearer tokens of an IAS tenant, verified by its keys; and where it sends people. */
export const modAuthOpenidc: Client = {
  name: 'Apache mod_auth_openidc · IAS tokens',
  licence: 'Apache-2.0',
  free: true,
  async run(landscape, step) {
    await using apache = await startApache(landscape, IAS);
    const api = (headers: Record<string, string>) => apache.fetch(`${OUR_APPLICATION}/api/hello.txt`, { headers });
    const token = await clientToken(landscape);
    await step('bearer token', async () => {
      const response = await api({ authorization: `Bearer ${token}` });
      assert.deepEqual([response.status, await response.text()], [200, 'hello from api\n']);
    });
    await step('no token', async () => assert.equal((await api({})).status, 401));
    await step('tampered token', async () => {
      const [header, , signature] = token.split('.');
      const claims = Buffer.from(JSON.stringify({ iss: IAS, sub: 'x', exp: 9_999_999_999 })).toString('base64url');
      assert.equal((await api({ authorization: `Bearer ${header}.${claims}.${signature}` })).status, 401);
    });
    await step('discovery', async () => {
      const page = `${OUR_APPLICATION}/app/hello.txt`;
      const response = await apache.fetch(page, { headers: { accept: 'text/html' } });
      const to = new URL(response.headers.get('location') ?? '');
      assert.deepEqual([response.status, `${to.origin}${to.pathname}`], [302, `${IAS}/oauth2/authorize`]);
      assert.equal(to.searchParams.get('redirect_uri'), `${OUR_APPLICATION}/app/callback`);
    });
  },
};

/** Apache as a relying party: a person signs in at an IAS tenant. */
export const modAuthOpenidcCode: Client = {
  name: 'Apache mod_auth_openidc · IAS code and PKCE',
  licence: 'Apache-2.0',
  free: true,
  async run(landscape, step) {
    await using apache = await startApache(landscape, IAS);
    await skipUnlessEmulated(landscape, 'authorize endpoint', `${IAS}/oauth2/authorize`);
    skipWithoutRedirects();
    const browser = createBrowser(apache.fetch);
    const page = `${OUR_APPLICATION}/app/hello.txt`;
    const person = { name: PERSON.userName, password: landscape.credential(CREDENTIAL.password) };
    const callback = await step('sign-in by the form', () =>
      signIn(browser, page, person, `${OUR_APPLICATION}/app/callback`),
    );
    await step('session', async () => {
      assert.deepEqual(await browser.open(callback), { url: page, status: 200, body: 'hello from app\n' });
      assert.equal((await browser.open(page)).status, 200);
    });
  },
};

async function clientToken(landscape: ConformanceLandscape): Promise<string> {
  const response = await landscape.fetch(`${IAS}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: landscape.credential(CREDENTIAL.ias.id),
      client_secret: landscape.credential(CREDENTIAL.ias.secret),
    }),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

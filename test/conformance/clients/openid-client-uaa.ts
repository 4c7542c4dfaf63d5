import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import type { Client } from '../client.ts';
import { CREDENTIAL, UAA_INSPECTOR } from '../seed.ts';
import { discover, emptySecret, OPENID_CLIENT } from './openid-client.ts';

const UAA = 'https://uaa.cf.eu10-004.hana.ondemand.com';
// The issuer ends in /oauth/token, so the document's own address is given, not the issuer.
const DOCUMENT = `${UAA}/.well-known/openid-configuration`;

/** The UAA of a Cloud Foundry landscape, with the client `cf` and its empty secret. */
export const openidClientUaa: Client = {
  name: `${OPENID_CLIENT} · UAA`,
  licence: 'MIT',
  free: true,
  async run(landscape, step) {
    const config = await step('discovery', () => discover(landscape, DOCUMENT, 'cf', emptySecret));
    const user = { username: 'pipeline@sap-test.de', password: await landscape.passwordOf('pipeline') };
    const hint = { login_hint: JSON.stringify({ origin: 'acme-platform' }) };
    const tokens = await step('password grant with login_hint', async () => {
      const granted = await oidc.genericGrantRequest(config, 'password', { ...user, ...hint });
      assert.equal(granted.claims()?.email, user.username);
      return granted;
    });
    await step('userinfo', async () => {
      const { sub = '' } = tokens.claims() ?? {};
      assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub)).email, user.username);
    });
    await step('refresh', async () => {
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      assert.notEqual(fresh.access_token, tokens.access_token);
    });
    const inspector = await step('client credentials', async () => {
      const secret = oidc.ClientSecretBasic(landscape.credential(CREDENTIAL.uaaSecret));
      const found = await discover(landscape, DOCUMENT, UAA_INSPECTOR, secret);
      assert.equal((await oidc.clientCredentialsGrant(found)).scope, 'uaa.resource');
      // UAA's document does not name the endpoint, and never did.
      const { supportsPKCE: _helper, ...known } = found.serverMetadata();
      const server = { ...known, introspection_endpoint: `${UAA}/introspect` };
      const knowing = new oidc.Configuration(server, UAA_INSPECTOR, undefined, secret);
      knowing[oidc.customFetch] = (url, options) => landscape.fetch(url, options as RequestInit);
      return knowing;
    });
    await step('introspection', async () => {
      const seen = await oidc.tokenIntrospection(inspector, tokens.access_token);
      assert.equal(seen.active, true);
      assert.equal(seen.client_id, 'cf');
      assert.equal((await oidc.tokenIntrospection(inspector, 'nonsense')).active, false);
    });
    await step('default identity provider without a hint', async () => {
      const refused = oidc.genericGrantRequest(config, 'password', user);
      await assert.rejects(refused, { status: 401 });
    });
  },
};

import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { createBrowser, signIn } from '../browser.ts';
import type { Client } from '../client.ts';
import { CREDENTIAL, PERSON, REDIRECT_URI, skipWithoutRedirects } from '../seed.ts';
import { skipUnlessEmulated } from '../unanswered.ts';
import { authorizationRequest, discover, OPENID_CLIENT } from './openid-client.ts';
import { IAS } from './openid-client-ias.ts';

/** Authorization code with PKCE at an IAS tenant; a person signs in by the form. */
export const openidClientCode: Client = {
  name: `${OPENID_CLIENT} · IAS code and PKCE`,
  licence: 'MIT',
  free: true,
  async run(landscape, step) {
    await skipUnlessEmulated(landscape, 'authorize endpoint', `${IAS}/oauth2/authorize`);
    skipWithoutRedirects();
    const secret = landscape.credential(CREDENTIAL.ias.secret);
    const clientId = landscape.credential(CREDENTIAL.ias.id);
    const config = await discover(landscape, IAS, clientId, oidc.ClientSecretBasic(secret));
    const browser = createBrowser(landscape.fetch);
    const person = { name: PERSON.userName, password: landscape.credential(CREDENTIAL.password) };

    async function exchange() {
      const { url, checks } = await authorizationRequest(config, 'openid email');
      return { callback: new URL(await signIn(browser, url.href, person, REDIRECT_URI)), checks };
    }

    const { callback, checks } = await step('sign-in by the form', exchange);
    await step('code for tokens', async () => {
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
      assert.equal(tokens.claims()?.email, PERSON.email);
      // Access tokens of this grant are JWTs, other than those of the password grant.
      assert.equal(tokens.access_token.split('.').length, 3);
    });
    await step('a code is good once', async () => {
      await assert.rejects(oidc.authorizationCodeGrant(config, callback, checks), { error: 'invalid_grant' });
    });
    await step('single sign-on', async () => {
      const second = await exchange();
      assert.ok((await oidc.authorizationCodeGrant(config, second.callback, second.checks)).id_token);
    });
    await step('another verifier', async () => {
      const third = await exchange();
      const wrong = { ...third.checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
      await assert.rejects(oidc.authorizationCodeGrant(config, third.callback, wrong), { error: 'invalid_grant' });
    });
  },
};

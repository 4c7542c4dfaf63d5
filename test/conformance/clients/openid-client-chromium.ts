import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import type { Page } from 'playwright-core';
import { noBrowser, openChromium } from '../../browser/chromium.ts';
import type { Client } from '../client.ts';
import { CREDENTIAL, PERSON, REDIRECT_URI, skipWithoutRedirects } from '../seed.ts';
import { Skip } from '../skip.ts';
import { authorizationRequest, discover, OPENID_CLIENT } from './openid-client.ts';
import { IAS } from './openid-client-ias.ts';

/** Authorization code with PKCE at an IAS tenant; a person signs in with a real browser, and out again. */
export const openidClientChromium: Client = {
  name: `${OPENID_CLIENT} · IAS code and PKCE in Chromium`,
  licence: 'MIT',
  free: true,
  async run(landscape, step) {
    if (noBrowser !== undefined) throw new Skip(noBrowser);
    skipWithoutRedirects();
    const auth = oidc.ClientSecretBasic(landscape.credential(CREDENTIAL.ias.secret));
    const config = await discover(landscape, IAS, landscape.credential(CREDENTIAL.ias.id), auth);
    await using chromium = await openChromium(landscape.addresses.proxy);
    const visit = () => chromium.context.newPage();
    const ask = () => authorizationRequest(config, 'openid email offline_access');

    const signIn = await step('sign-in by the form', async () => {
      const { url, checks } = await ask();
      const page = await visit();
      await page.goto(url.href);
      await page.getByLabel('E-Mail or Login Name').fill(PERSON.userName);
      await page.getByLabel('Password').fill(landscape.credential(CREDENTIAL.password));
      const callback = await comesBack(page, () => page.getByRole('button', { name: 'Continue' }).click());
      return { callback, checks };
    });
    const tokens = await step('code for tokens', async () => {
      const granted = await oidc.authorizationCodeGrant(config, signIn.callback, signIn.checks);
      assert.equal(granted.claims()?.email, PERSON.email);
      return granted;
    });
    const fresh = await step('refresh', () => oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''));
    await step('single sign-on', async () => {
      const { url, checks } = await ask();
      const page = await visit();
      const callback = await comesBack(page, () => page.goto(url.href));
      assert.ok((await oidc.authorizationCodeGrant(config, callback, checks)).id_token);
    });
    await step('introspection', async () => {
      const seen = await oidc.tokenIntrospection(config, fresh.access_token);
      assert.deepEqual([seen.active, seen.client_id], [true, landscape.credential(CREDENTIAL.ias.id)]);
    });
    await step('revocation', async () => {
      await oidc.tokenRevocation(config, fresh.access_token);
      assert.equal((await oidc.tokenIntrospection(config, fresh.access_token)).active, false);
      const refused = oidc.refreshTokenGrant(config, fresh.refresh_token ?? '');
      await assert.rejects(refused, { error: 'invalid_grant' });
    });
    await step('sign-out', async () => {
      const page = await visit();
      await page.goto(oidc.buildEndSessionUrl(config, { id_token_hint: fresh.id_token ?? '' }).href);
      await page.goto((await ask()).url.href);
      await page.getByLabel('Password').waitFor();
    });
  },
};

/** Where the browser is sent back to; nobody answers there, so that this is all that happens. */
async function comesBack(page: Page, act: () => Promise<unknown>): Promise<URL> {
  const sent = page.waitForRequest((request) => request.url().startsWith(REDIRECT_URI));
  const [request] = await Promise.all([sent, act().catch(() => undefined)]);
  return new URL(request.url());
}

import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import type { Client } from '../client.ts';
import { CREDENTIAL, PERSON } from '../seed.ts';
import { skipUnlessEmulated } from '../unanswered.ts';
import { discover, OPENID_CLIENT } from './openid-client.ts';
import { IAS } from './openid-client-ias.ts';

/** What an IAS tenant tells of its tokens, and how they end. */
export const openidClientTokens: Client = {
  name: `${OPENID_CLIENT} · IAS tokens`,
  licence: 'MIT',
  free: true,
  async run(landscape, step) {
    await skipUnlessEmulated(landscape, 'introspection endpoint', `${IAS}/oauth2/introspect`, 'POST');
    await skipUnlessEmulated(landscape, 'userinfo endpoint', `${IAS}/oauth2/userinfo`);
    await skipUnlessEmulated(landscape, 'revocation endpoint', `${IAS}/oauth2/revoke`, 'POST');
    const clientId = landscape.credential(CREDENTIAL.ias.id);
    const auth = oidc.ClientSecretBasic(landscape.credential(CREDENTIAL.ias.secret));
    const config = await discover(landscape, IAS, clientId, auth);
    const person = { username: PERSON.userName, password: landscape.credential(CREDENTIAL.password) };
    const tokens = await step('password grant', () =>
      oidc.genericGrantRequest(config, 'password', { ...person, scope: 'openid email' }),
    );
    await step('introspection', async () => {
      assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
      assert.equal((await oidc.tokenIntrospection(config, 'nonsense')).active, false);
    });
    await step('userinfo', async () => {
      const { sub = '' } = tokens.claims() ?? {};
      assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub)).email, PERSON.email);
    });
    const fresh = await step('refresh', () => oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''));
    await step('revocation', async () => {
      await oidc.tokenRevocation(config, fresh.access_token);
      assert.equal((await oidc.tokenIntrospection(config, fresh.access_token)).active, false);
    });
  },
};

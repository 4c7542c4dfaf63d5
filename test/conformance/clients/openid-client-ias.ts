import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import type { Client } from '../client.ts';
import { CREDENTIAL, PERSON } from '../seed.ts';
import { discover, OPENID_CLIENT } from './openid-client.ts';

export const IAS = 'https://acme-platform.accounts.ondemand.com';

/** Grants without a browser at an IAS tenant. */
export const openidClientIas: Client = {
  name: `${OPENID_CLIENT} · IAS`,
  licence: 'MIT',
  free: true,
  async run(landscape, step) {
    const clientId = landscape.credential(CREDENTIAL.ias.id);
    const secret = landscape.credential(CREDENTIAL.ias.secret);
    const password = landscape.credential(CREDENTIAL.password);
    const config = await step('discovery', async () => {
      const found = await discover(landscape, IAS, clientId, oidc.ClientSecretBasic(secret));
      assert.equal(found.serverMetadata().issuer, IAS);
      assert.ok(found.serverMetadata().supportsPKCE('S256'));
      return found;
    });
    await step('password grant', async () => {
      const parameters = { username: PERSON.userName, password, scope: 'openid email' };
      const tokens = await oidc.genericGrantRequest(config, 'password', parameters);
      assert.equal(tokens.claims()?.email, PERSON.email);
      assert.equal(tokens.token_type, 'bearer');
    });
    await step('secret in the body', async () => {
      const other = await discover(landscape, IAS, clientId, oidc.ClientSecretPost(secret));
      const parameters = { username: PERSON.email, password, scope: 'openid' };
      assert.ok((await oidc.genericGrantRequest(other, 'password', parameters)).id_token);
    });
    await step('client credentials', async () => {
      assert.ok((await oidc.clientCredentialsGrant(config)).access_token);
    });
    await step('wrong password', async () => {
      const parameters = { username: PERSON.userName, password: 'not this one' };
      await assert.rejects(oidc.genericGrantRequest(config, 'password', parameters), { error: 'invalid_grant' });
    });
    await step('wrong secret', async () => {
      const other = await discover(landscape, IAS, clientId, oidc.ClientSecretBasic('not this one'));
      await assert.rejects(oidc.clientCredentialsGrant(other), { error: 'invalid_client', status: 401 });
    });
  },
};

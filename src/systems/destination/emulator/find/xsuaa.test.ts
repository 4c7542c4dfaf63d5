// Token retrieval at the emulated XSUAA itself.
import { decodeJwt } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { APP, type AuthzLandscape, DEV, NORA, startAuthz, tokensOf } from '../../../../../test/fixtures/authz.ts';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { destinationEmulator } from '../index.ts';
import { serviceKey, serviceToken } from '../testing/landscape.ts';

const KEY = 'DEV_DESTINATION_KEY';

const withKey: EmulatorDefinition = {
  ...destinationEmulator,
  create(ctx) {
    const emulator = destinationEmulator.create(ctx);
    const serviceKeys = [{ globalAccount: 'acme', subaccount: 'dev', credential: KEY }];
    return { ...emulator, seed: () => emulator.seed({ serviceKeys }) };
  },
};

let landscape: AuthzLandscape;
beforeAll(async () => {
  landscape = await startAuthz({ more: [withKey] });
});

async function call(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const { uri } = serviceKey(landscape, KEY);
  const authorization = `Bearer ${await serviceToken(landscape, KEY)}`;
  return landscape.fetch(`${uri}/destination-configuration/v1/${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface Found {
  readonly authTokens: readonly { readonly value: string; readonly error?: string }[];
}

async function tokenOf(properties: Record<string, string>, headers: Record<string, string> = {}) {
  const destination = { Name: properties.Authentication, Type: 'HTTP', URL: 'https://app.example', ...properties };
  expect((await call('POST', 'subaccountDestinations', destination)).status).toBe(201);
  const response = await call('GET', `destinations/${properties.Authentication}`, undefined, headers);
  const [token] = ((await response.json()) as Found).authTokens;
  if (!token || token.error !== undefined) throw new Error(token?.error);
  return decodeJwt(token.value);
}

test('a certificate that the service generated is a client of XSUAA, without any secret', async () => {
  await call('POST', 'subaccountCertificates', { Name: 'client.p12', Attributes: { Password: 'secret' } });
  const keys = (await (await call('GET', 'subaccountCertificates/client.p12/publicKeys')).json()) as {
    Content: string;
  }[];
  const [leaf = ''] = /-----BEGIN[\s\S]+?-----END CERTIFICATE-----/.exec(keys[0]?.Content ?? '') ?? [];
  const clientId = await landscape.certificateCredential(leaf);
  const claims = await tokenOf({
    Authentication: 'OAuth2ClientCredentials',
    clientId,
    tokenServiceURL: `${DEV.replace('.authentication.', '.authentication.cert.')}/oauth/token`,
    'tokenService.KeyStoreLocation': 'client.p12',
    'tokenService.KeyStorePassword': 'secret',
  });
  expect(claims).toMatchObject({ cid: clientId, grant_type: 'client_credentials', zid: landscape.dev.guid });
});

test('the token of a person becomes one of another application, for the same person', async () => {
  const { access_token: user } = await tokensOf(await landscape.logOn());
  const properties = {
    Authentication: 'OAuth2JWTBearer',
    clientId: APP.clientId,
    clientSecret: APP.clientSecret,
    tokenServiceURL: `${DEV}/oauth/token`,
  };
  const claims = await tokenOf(properties, { 'x-user-token': user });
  expect(claims).toMatchObject({
    email: NORA.email,
    cid: APP.clientId,
    grant_type: expect.stringMatching(/jwt-bearer$/),
  });
});

test('a person with uaa.user is handed over to another application by OAuth2UserTokenExchange', async () => {
  const { dev, world } = landscape;
  const desk = { clientId: 'sb-desk!t17', clientSecret: 'desk-secret', appId: 'desk!t17' };
  world.use('authorization').registerApplication({
    zone: dev.guid,
    appId: desk.appId,
    roleTemplates: [{ name: 'Token_Exchange', description: '', scopes: ['uaa.user'] }],
    roleCollections: [{ name: 'Exchange', description: '', roleTemplates: ['Token_Exchange'] }],
  });
  world.use('authorization').registerClient({ ...desk, zone: dev.guid, scopes: [] });
  const assignment = `/sap/rest/user/origin/sap.custom/name/${NORA.email}/rolecollections/Exchange`;
  await landscape.api('PUT', `${assignment}?createUserIfMissing=true`);
  const logon = { client_id: desk.clientId, client_secret: desk.clientSecret };
  const { access_token: user } = await tokensOf(await landscape.logOn(logon));
  const properties = {
    Authentication: 'OAuth2UserTokenExchange',
    clientId: APP.clientId,
    clientSecret: APP.clientSecret,
    tokenServiceURL: `${DEV}/oauth/token`,
  };
  expect(await tokenOf(properties, { 'x-user-token': user })).toMatchObject({ email: NORA.email, cid: APP.clientId });
});

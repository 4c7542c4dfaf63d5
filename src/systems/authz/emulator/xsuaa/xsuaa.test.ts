import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startEmulators } from '../../../../emulation/compose.ts';
import { accountsEmulator } from '../../../accounts/emulator/index.ts';
import { iasEmulator } from '../../../ias/emulator/index.ts';
import { btpCliEmulator } from '../../../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../../../protocols/btp-cli/emulator/testing/acme.ts';
import { trustEmulator } from '../../../trust/emulator/index.ts';
import { authzEmulator } from '../index.ts';

const HOST = 'https://acme-tms.authentication.eu10.hana.ondemand.com';
const client = { clientId: 'sb-destination!b9', clientSecret: 'p+s/cr=t', scopes: ['destination-xsappname!b9.read'] };

async function start() {
  const landscape = await startEmulators({
    emulators: [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()],
    seed: acmeSeed,
  });
  const zone = landscape.world.use('accounts').subaccountByName('acme', 'tms');
  if (!zone) throw new Error('no tms');
  landscape.world.use('authorization').registerClient({ ...client, zone: zone.guid, serviceInstanceId: 'instance-1' });
  const token = (fields: Readonly<Record<string, string>>, url = `${HOST}/oauth/token`, headers = {}) =>
    landscape.fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  return { landscape, zone, token };
}

const key = z.looseObject({ kid: z.string(), n: z.string(), e: z.string(), value: z.string() });

const inBody = { client_id: client.clientId, client_secret: client.clientSecret };

test('issues a token that its own keys verify, with the claims that xssec reads', async () => {
  const { landscape, zone, token } = await start();
  const response = await token({ ...inBody, grant_type: 'client_credentials' });
  const body = (await response.json()) as { access_token: string };
  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 43_199, scope: 'destination-xsappname!b9.read' });
  const keys = await (await landscape.fetch(`${HOST}/token_keys?zid=${zone.guid}`)).json();
  const { payload } = await jwtVerify(body.access_token, createLocalJWKSet(keys as { keys: [] }), {
    issuer: `${HOST}/oauth/token`,
    currentDate: new Date(landscape.now()),
  });
  expect(payload).toMatchObject({
    zid: zone.guid,
    sub: client.clientId,
    client_id: client.clientId,
    cid: client.clientId,
    azp: client.clientId,
    grant_type: 'client_credentials',
    aud: ['destination-xsappname!b9', client.clientId],
    scope: client.scopes,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
    ext_attr: { enhancer: 'XSUAA', zdn: 'acme-tms', subaccountid: zone.guid, serviceinstanceid: 'instance-1' },
  });
  expect(decodeProtectedHeader(body.access_token)).toMatchObject({
    alg: 'RS256',
    kid: expect.any(String),
    jku: `${HOST}/token_keys`,
  });
});

const basicOf = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const encoded = basicOf(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`);

test('A16: a secret with a plus goes through Basic encoded, and only when the client says so', async () => {
  const { token } = await start();
  const grant = { grant_type: 'client_credentials' };
  const says = { 'x-cf-encoded-credentials': 'true' };
  expect((await token(grant, undefined, { ...encoded, ...says })).status).toBe(200);
  expect((await token(grant, undefined, encoded)).status).toBe(401);
  expect((await token(grant, undefined, basicOf(`${client.clientId}:${client.clientSecret}`))).status).toBe(401);
  expect((await token({ ...grant, ...inBody })).status).toBe(200);
});

test('takes raw Basic credentials without a plus, and the grant type from the query', async () => {
  const { landscape, zone, token } = await start();
  const raw = { clientId: 'sb-raw!b9|app!b1', clientSecret: 'x$y=%41/', scopes: [], zone: zone.guid };
  landscape.world.use('authorization').registerClient(raw);
  const url = `${HOST}/oauth/token/?grant_type=client_credentials&response_type=token`;
  const headers = basicOf(`${raw.clientId}:${raw.clientSecret}`);
  expect((await token({ grant_type: 'password' }, url, headers)).status).toBe(200);
});

test('the regional host takes the tenant from x-zid, and only there', async () => {
  const { zone, token } = await start();
  const url = 'https://authentication.eu10.hana.ondemand.com/oauth/token';
  const grant = { ...inBody, grant_type: 'client_credentials' };
  expect((await token(grant, url, { 'x-zid': zone.guid })).status).toBe(200);
  expect((await token(grant, url)).status).toBe(400);
});

test('refuses a wrong secret', async () => {
  const { token } = await start();
  const response = await token({ ...inBody, client_secret: 'wrong', grant_type: 'client_credentials' });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: 'invalid_client', error_description: 'Bad credentials' });
});

test('logs users in at their identity provider, and makes their shadow user', async () => {
  const { landscape, zone, token } = await start();
  const password = landscape.credentials.get('ROBOT_PASSWORD') ?? '';
  const grant = { ...inBody, grant_type: 'password', username: ACME.robotLogin, password };
  const hinted = { ...grant, login_hint: JSON.stringify({ origin: ACME.originKey }) };
  const response = await token(hinted);
  expect(response.status).toBe(200);
  const user = landscape.state.collection<{ zone: string; userName: string }>('authz/users');
  expect([...user.values()]).toContainEqual(expect.objectContaining({ zone: zone.guid, userName: ACME.robot }));
  const unknown = await token({ ...grant, login_hint: JSON.stringify({ origin: 'nobody-platform' }) });
  expect(unknown.status).toBe(401);
  expect((await unknown.json()) as object).toMatchObject({ error: 'unauthorized' });
});

test('a user of the default identity provider has to be there already in a subaccount', async () => {
  const { landscape, token } = await start();
  const password = landscape.credentials.get('ADMIN_PASSWORD') ?? '';
  const grant = { ...inBody, grant_type: 'password', username: ACME.administrator, password };
  expect((await token(grant)).status).toBe(200);
  landscape.world
    .use('authorization')
    .removeShadowUsers(landscape.world.use('accounts').subaccountByName('acme', 'tms')?.guid ?? '', 'sap.default');
  const refused = await token(grant);
  expect(refused.status).toBe(401);
  expect(JSON.stringify(await refused.json())).toContain('pre-created');
});

test.for(['', '/oauth/token'])('names itself in its discovery document, also below the issuer (%s)', async (below) => {
  const { landscape } = await start();
  const document = (host: string) => landscape.fetch(`${host}${below}/.well-known/openid-configuration`);
  expect(await (await document(HOST)).json()).toMatchObject({
    issuer: `${HOST}/oauth/token`,
    token_endpoint: `${HOST}/oauth/token`,
    jwks_uri: `${HOST}/token_keys`,
    end_session_endpoint: `${HOST}/logout.do`,
  });
  const nowhere = await document('https://authentication.eu10.hana.ondemand.com');
  expect(nowhere.status).toBe(400);
});

test('shows one of its keys alone, as a PEM text too', async () => {
  const { landscape } = await start();
  const { keys } = z.object({ keys: z.array(key) }).parse(await (await landscape.fetch(`${HOST}/token_keys`)).json());
  const one = key.parse(await (await landscape.fetch(`${HOST}/token_key`)).json());
  expect(keys).toContainEqual(one);
  const { n, e } = createPublicKey(one.value).export({ format: 'jwk' });
  expect({ n, e }).toEqual({ n: one.n, e: one.e });
});

import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { type Landscape, startLandscape } from '../testing/landscape.ts';
import { TOKEN_SERVICE } from '../testing/token-service.ts';

const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token';
const HINT = `login_hint=${encodeURIComponent('{"origin":"acme-platform"}')}`;

const oauth = (more: Record<string, string> = {}) => ({
  Name: 'CFAPI',
  Type: 'HTTP',
  URL: 'https://api.cf.eu10-004.hana.ondemand.com',
  ProxyType: 'Internet',
  Authentication: 'OAuth2Password',
  clientId: 'cf',
  clientSecret: '',
  User: 'tech+1@sap-test.de',
  Password: 'S3cret+%/',
  tokenServiceURL: `${LOGIN}?${HINT}`,
  ...more,
});

interface Answer {
  readonly owner: { readonly SubaccountId: string; readonly InstanceId: string | null };
  readonly destinationConfiguration: Readonly<Record<string, string>>;
  readonly authTokens?: readonly {
    readonly type: string;
    readonly value: string;
    readonly error?: string;
    readonly http_header?: object;
  }[];
}

async function landscapeWith(...destinations: Record<string, string>[]): Promise<Landscape> {
  const landscape = await startLandscape();
  landscape.cf.users.set('tech+1@sap-test.de@acme-platform', { password: 'S3cret+%/', roles: {} });
  for (const body of destinations) await landscape.call('POST', 'subaccountDestinations', { body });
  return landscape;
}

async function find(landscape: Landscape, query = '', headers: Record<string, string> = {}, name = 'CFAPI') {
  const response = await landscape.call('GET', `destinations/${name}${query}`, { headers });
  return { status: response.status, body: (await response.json()) as Answer };
}

test('logs in at the token service with the stored credentials and gives the token with its header', async () => {
  const landscape = await landscapeWith(oauth());
  const { status, body } = await find(landscape);
  expect(status).toBe(200);
  expect(body.owner).toEqual({ SubaccountId: expect.any(String), InstanceId: null });
  expect(body.destinationConfiguration).toEqual(oauth());
  const [token] = body.authTokens ?? [];
  expect(token).toMatchObject({ type: 'bearer', expires_in: '1199', scope: 'openid' });
  expect(token?.http_header).toEqual({ key: 'Authorization', value: `Bearer ${token?.value}` });
  expect(decodeJwt(token?.value ?? '')).toMatchObject({ user_name: 'tech+1@sap-test.de', origin: 'acme-platform' });
  const [request] = landscape.cf.tokenRequests;
  expect(Object.fromEntries(request?.params ?? [])).toEqual({
    grant_type: 'password',
    username: 'tech+1@sap-test.de',
    password: 'S3cret+%/',
    client_id: 'cf',
    client_secret: '',
    login_hint: '{"origin":"acme-platform"}',
  });
});

test("A30: a client secret on UAA's client cf turns the token into a 401 inside a 200; an empty one gives a token", async () => {
  const landscape = await landscapeWith(oauth({ clientSecret: 'dummy' }));
  const { status, body } = await find(landscape);
  expect(status).toBe(200);
  expect(body.authTokens).toEqual([
    {
      type: '',
      value: '',
      expires_in: '0',
      error:
        'Retrieval of OAuthToken failed due to: Request to the token service ended with status code 401. ' +
        'Response was: {"error":"invalid_client","error_description":"Bad credentials"}',
    },
  ]);
  await landscape.call('PUT', 'subaccountDestinations', { body: oauth() });
  expect((await find(landscape)).body.authTokens?.[0]?.error).toBeUndefined();
});

test('does not forward the property origin: without a login_hint the login goes to the default identity provider', async () => {
  const landscape = await landscapeWith(oauth({ tokenServiceURL: LOGIN, origin: 'acme-platform' }));
  expect((await find(landscape)).body.authTokens?.[0]?.error).toContain('Bad credentials');
  expect(landscape.cf.tokenRequests[0]?.params.has('login_hint')).toBe(false);
});

test('sends more queries, form fields, headers and scope, and the client as Basic when it shall', async () => {
  const landscape = await landscapeWith(
    oauth({
      tokenServiceURL: LOGIN,
      'tokenServiceURL.queries.login_hint': '{"origin":"acme-platform"}',
      'tokenService.body.token_format': 'jwt',
      'tokenServiceURL.headers.X-Trace': 'yes',
      'tokenService.addClientCredentialsInBody': 'false',
      scope: 'openid cloud_controller.read',
    }),
  );
  expect((await find(landscape)).body.authTokens?.[0]?.error).toBeUndefined();
  const [request] = landscape.cf.tokenRequests;
  expect(request?.headers.get('x-trace')).toBe('yes');
  expect(request?.headers.get('authorization')).toBe('Basic Y2Y6');
  expect(Object.fromEntries(request?.params ?? [])).toMatchObject({
    token_format: 'jwt',
    scope: 'openid cloud_controller.read',
    login_hint: '{"origin":"acme-platform"}',
  });
  expect(request?.params.has('client_id')).toBe(false);
});

test('fetches no token when the client says so, and hides credentials when asked', async () => {
  const landscape = await landscapeWith(oauth());
  const raw = await find(landscape, '?$skipTokenRetrieval=true');
  expect(raw.body).not.toHaveProperty('authTokens');
  expect(raw.body.destinationConfiguration.Password).toBe('S3cret+%/');
  const encoded = await find(landscape, '?%24skipTokenRetrieval=true&%24skipCredentials=true');
  expect(encoded.body.destinationConfiguration).not.toHaveProperty('Password');
  expect(encoded.body.destinationConfiguration).not.toHaveProperty('clientSecret');
  expect(landscape.cf.tokenRequests).toEqual([]);
});

test('prefers the instance level and says so in the owner', async () => {
  const landscape = await landscapeWith(oauth({ Authentication: 'NoAuthentication' }));
  await landscape.call('POST', 'instanceDestinations', {
    body: { Name: 'CFAPI', Type: 'HTTP', URL: 'https://instance', Authentication: 'NoAuthentication' },
  });
  const { body } = await find(landscape);
  expect(body.destinationConfiguration.URL).toBe('https://instance');
  expect(body.owner.InstanceId).toMatch(/^[0-9a-f-]{36}$/);
  expect(body).not.toHaveProperty('authTokens');
});

test('gives a Basic token without a lifetime for BasicAuthentication', async () => {
  const landscape = await landscapeWith(oauth({ Authentication: 'BasicAuthentication' }));
  const value = Buffer.from('tech+1@sap-test.de:S3cret+%/').toString('base64');
  expect((await find(landscape)).body.authTokens).toEqual([
    { type: 'Basic', value, http_header: { key: 'Authorization', value: `Basic ${value}` } },
  ]);
});

test('fetches client credentials tokens, with the tenant where the token service is common', async () => {
  const landscape = await landscapeWith();
  const { clientid = '', clientsecret = '' } = JSON.parse(
    landscape.emulators.credentials.get('ACME_TMS_DESTINATION_KEY') ?? '',
  ) as Record<string, string>;
  const body = {
    Name: 'CC',
    Type: 'HTTP',
    Authentication: 'OAuth2ClientCredentials',
    clientId: clientid,
    clientSecret: clientsecret,
    tokenServiceURLType: 'Common',
    tokenServiceURL: 'https://{tenant}.authentication.eu10.hana.ondemand.com/oauth/token',
  };
  await landscape.call('POST', 'subaccountDestinations', { body });
  const common = await find(landscape, '', { 'x-tenant': 'acme-tms' }, 'CC');
  expect(common.body.authTokens?.[0]).toMatchObject({ type: 'bearer', expires_in: '43199' });
  expect((await find(landscape, '', {}, 'CC')).status).toBe(400);
  expect((await find(landscape, '', { 'x-tenant': 'a', 'x-user-token': 'b' }, 'CC')).status).toBe(400);
  await landscape.call('PUT', 'subaccountDestinations', { body: { ...body, tokenServiceURLType: 'Dedicated' } });
  expect((await find(landscape, '', { 'x-tenant': 'acme-tms' }, 'CC')).status).toBe(400);
});

test('merges fragments of the same level over the destination', async () => {
  const landscape = await landscapeWith(oauth({ Authentication: 'NoAuthentication' }));
  const fragment = { FragmentName: 'f', URL: 'https://fragment' };
  await landscape.call('POST', 'subaccountDestinationFragments', { body: fragment });
  const { body } = await find(landscape, '', { 'x-fragment-name': 'f' });
  expect(body.destinationConfiguration).toMatchObject({ ...fragment, Name: 'CFAPI' });
  expect((await find(landscape, '', { 'x-fragment-name': 'g' })).status).toBe(404);
  expect((await find(landscape, '', { 'x-fragment-name': 'g', 'x-fragment-optional': 'true' })).status).toBe(200);
  expect((await find(landscape, '', { 'x-fragment-name': 'f,g', 'x-fragment-optional': 'true' })).status).toBe(404);
});

test('tells an unreachable or senseless token service in the token, not by a status', async () => {
  const landscape = await landscapeWith(oauth({ tokenServiceURL: 'https://nowhere.example.com/oauth/token' }));
  const failure = { error: 'Retrieval of OAuthToken failed due to: unexpected error', expires_in: '0' };
  expect(await find(landscape)).toMatchObject({ status: 200, body: { authTokens: [failure] } });
  await landscape.call('PUT', 'subaccountDestinations', { body: oauth() });
  landscape.cf.brokenWith = new Response('<html>', { status: 200 });
  expect(await find(landscape)).toMatchObject({ status: 200, body: { authTokens: [failure] } });
});

test('waits for a token service no longer than the destination says', async () => {
  const landscape = await landscapeWith(
    oauth({
      tokenServiceURL: TOKEN_SERVICE,
      'tokenServiceURL.ConnectionTimeoutInSeconds': '0',
      'tokenServiceURL.SocketReadTimeoutInSeconds': '0',
    }),
  );
  landscape.tokenService.silent = true;
  const error = expect.stringContaining('the caller gave up');
  expect((await find(landscape)).body.authTokens?.[0]).toMatchObject({ error, expires_in: '0' });
});

test('says 501 for token retrievals that are not emulated', async () => {
  const landscape = await landscapeWith(oauth({ Authentication: 'AppToAppSSO' }));
  expect((await find(landscape)).status).toBe(501);
  expect((await find(landscape, '?$skipTokenRetrieval=true')).status).toBe(200);
});

test('with destination.tokenCache answers up to five minutes from what it knew', async () => {
  const landscape = await startLandscape({ switches: { 'destination.tokenCache': true } });
  landscape.cf.users.set('tech+1@sap-test.de@acme-platform', { password: 'S3cret+%/', roles: {} });
  await landscape.call('POST', 'subaccountDestinations', { body: oauth() });
  const before = await find(landscape);
  await landscape.call('PUT', 'subaccountDestinations', { body: oauth({ Description: 'changed' }) });
  const within = await find(landscape);
  expect(within.body.destinationConfiguration).not.toHaveProperty('Description');
  expect(within.body.authTokens).toEqual(before.body.authTokens);
  expect(landscape.cf.tokenRequests).toHaveLength(1);
  landscape.emulators.advance(5 * 60_000);
  expect((await find(landscape)).body.destinationConfiguration.Description).toBe('changed');
  expect(landscape.cf.tokenRequests).toHaveLength(2);
});

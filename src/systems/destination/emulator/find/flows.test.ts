import { X509Certificate } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { type Landscape, startLandscape } from '../testing/landscape.ts';
import { TOKEN_SERVICE } from '../testing/token-service.ts';

let landscape: Landscape;
let user: string;
beforeAll(async () => {
  landscape = await startLandscape();
  user = await landscape.xsuaa.userToken('acme-dev');
});
beforeEach(() => void landscape.tokenService.asked.splice(0));

interface Answer {
  readonly authTokens: readonly {
    readonly error?: string;
    readonly value: string;
    readonly http_header: { value: string };
  }[];
}

const destination = (Authentication: string, more: Record<string, string> = {}) => ({
  Name: 'D',
  Type: 'HTTP',
  URL: 'https://app.acme.example',
  ProxyType: 'Internet',
  Authentication,
  clientId: 'app',
  clientSecret: 'app-secret',
  tokenServiceURL: TOKEN_SERVICE,
  ...more,
});

async function write(properties: Record<string, string>): Promise<void> {
  await landscape.call('DELETE', `subaccountDestinations/${properties.Name}`);
  expect((await landscape.call('POST', 'subaccountDestinations', { body: properties })).status).toBe(201);
}

async function find(headers: Record<string, string> = {}) {
  const response = await landscape.call('GET', 'destinations/D', { headers });
  expect(response.status).toBe(200);
  const [token] = ((await response.json()) as Answer).authTokens;
  return token;
}

test('OAuth2JWTBearer hands the user token on, and puts the tenant of the user into a common URL', async () => {
  await write(destination('OAuth2JWTBearer', { tokenServiceURLType: 'Common' }));
  expect(await find({ 'x-user-token': user })).toMatchObject({
    value: 'given',
    http_header: { value: 'Bearer given' },
  });
  expect(landscape.tokenService.asked).toMatchObject([
    {
      host: 'acme-dev.tokens.acme.example',
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: user,
        client_id: 'app',
        client_secret: 'app-secret',
      },
    },
  ]);
});

test('a missing, expired or foreign user token is a failure inside the 200 and asks no token service', async () => {
  await write(destination('OAuth2JWTBearer'));
  const expired = await landscape.xsuaa.userToken('acme-dev', { exp: 1 });
  const foreign = await landscape.xsuaa.userToken('acme-dev', { iss: 'https://idp.example' });
  for (const token of ['', expired, foreign, 'no token'])
    expect((await find({ 'x-user-token': token }))?.error).toMatch(/^Retrieval of OAuthToken failed due to: /);
  expect(landscape.tokenService.asked).toEqual([]);
});

test('a user token of another issuer is taken when the destination brings the keys', async () => {
  const keys = await (
    await landscape.emulators.fetch('https://acme-dev.authentication.eu10.hana.ondemand.com/token_keys')
  ).text();
  await write(destination('OAuth2JWTBearer', { 'x_user_token.jwks': Buffer.from(keys).toString('base64') }));
  const foreign = await landscape.xsuaa.userToken('acme-dev', { iss: 'https://idp.example' });
  expect(await find({ 'x-user-token': foreign })).toMatchObject({ value: 'given' });
});

test('OAuth2UserTokenExchange gets a refresh token first, as the user, and then the access token of the client', async () => {
  await write(destination('OAuth2UserTokenExchange'));
  expect(await find({ 'x-user-token': user })).toMatchObject({ value: 'given' });
  expect(landscape.tokenService.asked).toMatchObject([
    { authorization: `Bearer ${user}`, form: { grant_type: 'user_token', client_id: 'app' } },
    { form: { grant_type: 'refresh_token', refresh_token: 'again', client_secret: 'app-secret' } },
  ]);
  landscape.tokenService.once = new Response('Insufficient scope for this resource', { status: 403 });
  expect((await find({ 'x-user-token': user }))?.error).toBe(
    'Retrieval of OAuthToken failed due to: Unable to fetch refresh token from the specified token service URL. ' +
      'Response was: Insufficient scope for this resource',
  );
});

test('OAuth2SAMLBearerAssertion sends an assertion for the user that the trust certificate of the subaccount verifies', async () => {
  const properties = { audience: 'acme-backend', clientKey: 'key', authnContextClassRef: 'urn:none', companyId: 'C1' };
  await write(
    destination('OAuth2SAMLBearerAssertion', { ...properties, tokenServiceUser: 'u', tokenServicePassword: 'p' }),
  );
  expect(await find({ 'x-user-token': user })).toMatchObject({ value: 'given' });
  const [asked] = landscape.tokenService.asked;
  expect(asked).toMatchObject({
    authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer', client_id: 'key', company_id: 'C1' },
  });
  expect(asked?.form).not.toHaveProperty('client_secret');
  const assertion = Buffer.from(asked?.form.assertion ?? '', 'base64url').toString('utf8');
  const { certificate } = (await (await landscape.call('GET', 'saml2Metadata/certificate')).json()) as {
    certificate: string;
  };
  expect(verified(assertion, certificate)).toBe(true);
  expect(verified(assertion.replace('nora@', 'root@'), certificate)).toBe(false);
  expect(assertion).toContain('>nora@acme.example</saml2:NameID>');
  expect(assertion).toContain('<saml2:Audience>acme-backend</saml2:Audience>');
  expect(assertion).toContain('<saml2:AttributeValue>Clerks &amp; co</saml2:AttributeValue>');
  expect(assertion).toContain(`Recipient="${TOKEN_SERVICE}"`);
});

function verified(xml: string, certificate: string): boolean {
  const [text = ''] = /<(?:\w+:)?Signature[\s\S]*<\/(?:\w+:)?Signature>/.exec(xml) ?? [];
  const signature = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  signature.loadSignature(text);
  try {
    return signature.checkSignature(xml);
  } catch {
    return false;
  }
}

test('an assertion of the client is used as it is where the destination says so, and needed then', async () => {
  const provided = { clientKey: 'key', SAMLAssertionProvider: 'ClientProvided' };
  await write(destination('OAuth2SAMLBearerAssertion', provided));
  const assertion = Buffer.from('<saml2:Assertion/>').toString('base64url');
  expect(await find({ 'x-samlassertion': assertion })).toMatchObject({ value: 'given' });
  expect(landscape.tokenService.asked).toMatchObject([{ form: { assertion } }]);
  expect((await find())?.error).toContain('X-samlAssertion');
  await write(destination('SAMLAssertion', { audience: 'a', authnContextClassRef: 'urn:none' }));
  const token = await find({ 'x-user-token': user });
  expect(Buffer.from(token?.value ?? '', 'base64').toString()).toContain('<saml2:Assertion');
  expect(token?.http_header.value).toBe(`SAML2.0 ${token?.value}`);
});

const EXCHANGES = [
  ['OAuth2RefreshToken', { 'x-refresh-token': 'r' }, { grant_type: 'refresh_token', refresh_token: 'r' }],
  [
    'OAuth2AuthorizationCode',
    { 'x-code': 'c', 'x-redirect-uri': 'https%3A%2F%2Fapp%2Fcb', 'x-code-verifier': 'v' },
    { grant_type: 'authorization_code', code: 'c', redirect_uri: 'https://app/cb', code_verifier: 'v' },
  ],
  [
    'OAuth2TokenExchange',
    { 'x-subject-token': 's', 'x-subject-token-type': 'urn:t' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 's', subject_token_type: 'urn:t' },
  ],
] as const;

test.each(EXCHANGES)(
  '%s sends what the headers hand in, and fails inside the 200 without them',
  async (kind, headers, form) => {
    await write(destination(kind));
    expect(await find(headers)).toMatchObject({ value: 'given', refresh_token: 'again' });
    expect(landscape.tokenService.asked).toMatchObject([{ form }]);
    expect((await find())?.error).toMatch(/^Retrieval of OAuthToken failed due to: header X-/);
  },
);

test('a technical user is propagated in a header of its own', async () => {
  await write(destination('OAuth2TechnicalUserPropagation', { 'tokenServiceURL.ProxyType': 'Internet' }));
  expect(await find()).toMatchObject({
    http_header: { key: 'SAP-Connectivity-Technical-Authentication', value: 'Bearer given' },
  });
});

test('a client assertion stands for the secret: from headers, or from the destination that provides it', async () => {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  await write(destination('OAuth2ClientCredentials', { 'clientAssertion.destinationName': 'P' }));
  await write({ ...destination('OAuth2ClientCredentials', { 'clientAssertion.type': type }), Name: 'P' });
  expect(await find()).toMatchObject({ value: 'given' });
  expect(landscape.tokenService.asked[1]?.form).toEqual({
    grant_type: 'client_credentials',
    client_id: 'app',
    client_assertion: 'given',
    client_assertion_type: type,
  });
  await find({ 'x-client-assertion': 'mine', 'x-client-assertion-type': type });
  expect(landscape.tokenService.asked[2]?.form).toMatchObject({ client_assertion: 'mine' });
  const both = {
    'x-client-assertion': 'mine',
    'x-client-assertion-type': type,
    'x-client-assertion-destination-name': 'P',
  };
  expect((await landscape.call('GET', 'destinations/D', { headers: both })).status).toBe(400);
  const used = await landscape.call('DELETE', 'subaccountDestinations/P');
  expect([used.status, await used.json()]).toEqual([
    400,
    {
      ErrorMessage:
        "Cannot perform operation on the destination 'P' because it is used as an assertion provider for destination 'D'",
    },
  ]);
  const bulk = await landscape.call('DELETE', "subaccountDestinations?$filter=Name in ('P')");
  expect(await bulk.json()).toEqual({ ErrorMessage: 'Unable to remove Configurations "[P]".' });
});

test('a missing property, an empty refusal and a header that cannot be are told inside the 200', async () => {
  await write(destination('OAuth2Password', { User: 'u' }));
  expect((await find())?.error).toContain('property Password is missing');
  await write(destination('OAuth2ClientCredentials'));
  landscape.tokenService.once = new Response(null, { status: 302, headers: { location: '/' } });
  expect((await find())?.error).toBe('Empty Body with status 302 and message Found comes from the OAuth Service!');
  await write(destination('OAuth2ClientCredentials', { 'tokenServiceURL.headers.X Y': 'z' }));
  expect((await find())?.error).toBe('Retrieval of OAuthToken failed due to: unexpected error');
});

test('a client certificate goes to the token service instead of the secret, and nobody can claim one by a header', async () => {
  const generated = {
    Name: 'client.p12',
    Attributes: { Password: 'secret', Validity: { TimeUnit: 'DAYS', Value: 30 } },
  };
  expect((await landscape.call('POST', 'subaccountCertificates', { body: generated })).status).toBe(201);
  const keyStore = { 'tokenService.KeyStoreLocation': 'client.p12', 'tokenService.KeyStorePassword': 'secret' };
  await write(destination('OAuth2ClientCredentials', keyStore));
  expect(await find()).toMatchObject({ value: 'given' });
  const [asked] = landscape.tokenService.asked;
  expect(asked?.form).toEqual({ grant_type: 'client_credentials', client_id: 'app' });
  expect(asked?.certificates.map((pem) => /CN=.*/.exec(new X509Certificate(pem).subject)?.[0])).toEqual([
    'CN=client.p12',
    'CN=SAP Cloud Platform Client CA',
    'CN=SAP Cloud Root CA',
  ]);
  const skipped = await landscape.call('GET', 'destinations/D?$skipTokenRetrieval=true');
  expect(await skipped.json()).toMatchObject({ certificates: [{ Name: 'client.p12', Type: 'CERTIFICATE' }] });
  await write(destination('OAuth2ClientCredentials', { ...keyStore, 'tokenService.KeyStorePassword': 'wrong' }));
  expect((await find())?.error).toContain('keystore password was incorrect');
  const forged = Buffer.from(JSON.stringify({ certificates: ['forged'] })).toString('base64url');
  await write(destination('OAuth2ClientCredentials', { 'tokenServiceURL.headers.x-locum-peer': forged }));
  await find();
  expect(landscape.tokenService.asked.at(-1)?.certificates).toEqual([]);
});

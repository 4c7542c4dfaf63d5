import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Landscape, startLandscape } from '../testing/landscape.ts';
import { TOKEN_SERVICE } from '../testing/token-service.ts';

const SAML = 'com.sap.iasGeneratedOAuth2SamlBearerAssertion';
const SEQUENTIAL = 'com.sap.sequentialUserPropagation';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

let landscape: Landscape;
let user: string;
beforeAll(async () => {
  landscape = await startLandscape();
  user = await landscape.xsuaa.userToken('acme-dev');
  const common = { Type: 'HTTP', URL: 'https://app', ProxyType: 'Internet', tokenServiceURL: TOKEN_SERVICE };
  const saml2 = 'urn:ietf:params:oauth:token-type:saml2';
  for (const [collection, body] of [
    [
      'subaccountDestinations',
      {
        ...common,
        Name: 'provider',
        Authentication: 'OAuth2TokenExchange',
        clientId: 'ias',
        'tokenServiceURL.queries.requested_token_type': saml2,
      },
    ],
    [
      'subaccountDestinations',
      {
        ...common,
        Name: 'consumer',
        Authentication: 'OAuth2SAMLBearerAssertion',
        clientKey: 'key',
        SAMLAssertionProvider: 'ClientProvided',
      },
    ],
    ['subaccountDestinations', { ...common, Name: 'transform', Authentication: 'OAuth2JWTBearer', clientId: 'first' }],
    ['subaccountDestinations', { ...common, Name: 'target', Authentication: 'OAuth2JWTBearer', clientId: 'second' }],
    ['subaccountDestinationFragments', { FragmentName: 'other', clientId: 'other' }],
  ] as const)
    expect((await landscape.call('POST', collection, { body })).status).toBe(201);
});
beforeEach(() => void landscape.tokenService.asked.splice(0));

async function find(name: string, headers: Record<string, string>) {
  const response = await landscape.call('GET', `destinations/${name}`, { headers });
  return { status: response.status, body: (await response.json()) as { authTokens?: readonly { error?: string }[] } };
}

const samlChain = (more: Record<string, string> = {}) => ({
  'x-chain-name': SAML,
  'X-chain-var-samlProviderDestinationName': 'provider',
  'X-chain-var-subjectToken': 'of-the-user',
  'X-chain-var-subjectTokenType': ACCESS_TOKEN,
  ...more,
});

function answersWith(token: string): void {
  landscape.tokenService.once = Response.json({ access_token: token, token_type: 'bearer', expires_in: 60 });
}

test('an assertion of IAS for the user goes on to the token service of the destination', async () => {
  const assertion = Buffer.from('<saml2:Assertion/>').toString('base64url');
  answersWith(assertion);
  const { body } = await find('consumer', samlChain());
  expect(body).toMatchObject({
    destinationConfiguration: { Name: 'consumer' },
    authTokens: [{ value: 'given', expires_in: '600' }],
  });
  expect(landscape.tokenService.asked.map(({ form }) => form)).toMatchObject([
    { client_id: 'ias', subject_token: 'of-the-user', subject_token_type: ACCESS_TOKEN },
    { client_id: 'key', grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer', assertion },
  ]);
});

test('a user token is exchanged for another, by which the destination is consumed', async () => {
  answersWith(await landscape.xsuaa.userToken('acme-dev', { user_name: 'other@acme.example' }));
  const headers = {
    'x-chain-name': SEQUENTIAL,
    'x-chain-var-tokentransformationdestinationname': 'transform',
    'x-chain-var-usertoken': user,
  };
  expect((await find('target', headers)).body).toMatchObject({ authTokens: [{ value: 'given' }] });
  const [first, second] = landscape.tokenService.asked.map(({ form }) => form);
  expect(first).toMatchObject({ client_id: 'first', assertion: user });
  expect(second).toMatchObject({ client_id: 'second' });
  expect(second?.assertion).not.toBe(user);
});

test('what the first destination fails with is the answer, and the second is not asked', async () => {
  landscape.tokenService.once = new Response('no', { status: 403 });
  const { status, body } = await find('consumer', samlChain());
  expect([status, body.authTokens?.[0]?.error]).toEqual([200, expect.stringContaining('Response was: no')]);
  expect(landscape.tokenService.asked).toHaveLength(1);
});

test('a fragment goes over the first destination; a missing one fails unless it is optional', async () => {
  const fragment = (name: string, optional?: string) =>
    samlChain({
      'x-chain-var-samlProviderFragmentName': name,
      ...(optional === undefined ? {} : { 'x-chain-var-samlProviderFragmentOptional': optional }),
    });
  await find('consumer', fragment('other'));
  expect(landscape.tokenService.asked[0]?.form).toMatchObject({ client_id: 'other' });
  expect((await find('consumer', fragment('none'))).status).toBe(404);
  expect((await find('consumer', fragment('none', 'true'))).status).toBe(200);
});

test('an unknown chain, a missing variable and a missing destination are refused before anybody is asked', async () => {
  const { 'X-chain-var-subjectToken': _, ...incomplete } = samlChain();
  expect((await find('consumer', samlChain({ 'x-chain-name': 'com.acme.own' }))).status).toBe(400);
  expect((await find('consumer', samlChain({ 'x-chain-name': 'toString' }))).status).toBe(400);
  expect((await find('consumer', incomplete)).body).toEqual({
    ErrorMessage: 'Header X-chain-var-subjectToken is missing',
  });
  const nobody = samlChain({ 'X-chain-var-samlProviderDestinationName': 'nobody' });
  expect((await find('consumer', nobody)).status).toBe(404);
  expect(landscape.tokenService.asked).toEqual([]);
});

import { expect, test } from 'vitest';
import { HOST } from '../tenant.fixture.ts';
import { AUTHENTICATION, startDirectory } from './directory.fixture.ts';

const oidc = {
  ssoType: 'openIdConnect',
  openIdConnectConfiguration: {
    redirectUris: ['https://app.acme.example/callback'],
    tokenPolicy: { jwtValidity: 1800, refreshValidity: 7200, maxExchangePeriod: 'unlimited' },
    restrictedGrantTypes: ['clientCredentials', 'authorizationCode'],
  },
};

test('a new application is told by its path alone, and has what SAP gives one that says nothing', async () => {
  const { call } = await startDirectory();
  const made = await call('POST', '/Applications/v1/', { id: '', name: 'basic-test-app' });
  expect(made).toMatchObject({ status: 201, body: undefined });
  const location = made.headers.get('location') ?? '';
  expect(location).toMatch(/^\/Applications\/v1\/[0-9a-f-]{36}$/);
  const { status, headers, body } = await call('GET', location);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json;charset=UTF-8');
  expect(headers.get('cache-control')).toBe('private,no-cache,no-store');
  expect(body).toMatchObject({
    id: location.split('/').at(-1),
    meta: { location: `https://${HOST}${location}`, type: 'charged', version: '1', createdBy: 'Terraform' },
    name: 'basic-test-app',
    multiTenantApp: false,
    globalAccount: 'unknown',
    branding: { rememberMeVisible: true, theme: { type: 'horizon' } },
    [AUTHENTICATION]: {
      ssoType: 'saml2',
      subjectNameIdentifier: 'uid',
      passwordPolicy: 'https://accounts.sap.com/policy/passwords/sap/web/1.1',
      verifyMail: true,
      openIdConnectConfiguration: {
        tokenPolicy: {
          jwtValidity: 3600,
          refreshValidity: 43_200,
          refreshParallel: 1,
          maxExchangePeriod: 'custom',
          maxExchangePeriodSeconds: 7_776_000,
          refreshTokenRotationScenario: 'off',
          accessTokenFormat: 'default',
        },
      },
      restApiAuthentication: { allowPublicClientFlows: false, allowLocking: true, failedLoginAttempts: 0 },
    },
  });
  expect(body[AUTHENTICATION].clientId, 'the client id is another one than the id').not.toBe(body.id);
});

test('what an application is configured with counts: addresses, grant types, lives of tokens', async () => {
  const { call, create, fetch, basic, replace } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'app', [AUTHENTICATION]: oidc });
  const { clientId, openIdConnectConfiguration: shown } = (await call('GET', `/Applications/v1/${id}`)).body[
    AUTHENTICATION
  ];
  expect(shown).toMatchObject({
    ...oidc.openIdConnectConfiguration,
    tokenPolicy: { ...oidc.openIdConnectConfiguration.tokenPolicy, maxExchangePeriodSeconds: -1 },
  });
  const secret = (await call('POST', `/Applications/v1/${id}/apiSecrets`, { description: 'test' })).body
    .secret as string;
  const token = async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const headers = { authorization: basic(clientId, secret) };
    const response = await fetch(`https://${HOST}/oauth2/token`, { method: 'POST', headers, body });
    return (await response.json()) as Record<string, unknown>;
  };
  expect(await token()).toMatchObject({ expires_in: 1800 });

  const path = `/${AUTHENTICATION}/openIdConnectConfiguration/restrictedGrantTypes`;
  expect(await call('PATCH', `/Applications/v1/${id}`, replace(path, ['authorizationCodePkceS256']))).toMatchObject({
    status: 200,
    body: undefined,
  });
  expect(await token()).toMatchObject({ error: 'unauthorized_client' });
  const after = (await call('GET', `/Applications/v1/${id}`)).body[AUTHENTICATION].openIdConnectConfiguration;
  expect(after).toEqual({ ...shown, restrictedGrantTypes: ['authorizationCodePkceS256'] });
});

test('what counts for nothing here is kept as it was written, and a patch changes that alone', async () => {
  const { call, create } = await startDirectory();
  const id = await create('/Applications/v1/', {
    name: 'app',
    description: 'for tests',
    branding: { displayName: 'The App' },
    [AUTHENTICATION]: {
      ssoType: 'saml2',
      saml2Configuration: { acsEndpoints: [{ location: 'https://a.example', index: 1 }] },
    },
  });
  const before = (await call('GET', `/Applications/v1/${id}`)).body;
  expect(before).toMatchObject({
    description: 'for tests',
    branding: { displayName: 'The App', theme: { type: 'horizon' } },
  });
  expect(before[AUTHENTICATION].saml2Configuration).toMatchObject({
    acsEndpoints: [{ location: 'https://a.example', index: 1, isDefault: false }],
    digestAlgorithm: 'sha256',
  });
  await call('PATCH', `/Applications/v1/${id}`, {
    operations: [
      { op: 'replace', path: '/branding/displayName', value: 'Another' },
      { op: 'replace', path: '/description', value: '' },
    ],
  });
  const { description: _gone, meta, ...rest } = before;
  const { meta: changed, ...after } = (await call('GET', `/Applications/v1/${id}`)).body;
  expect(after).toEqual({ ...rest, branding: { ...rest.branding, displayName: 'Another' } });
  expect(changed).toMatchObject({ created: meta.created, modifiedBy: 'Terraform' });
});

test('SAP lists its own applications beside those of the customer, and keeps them', async () => {
  const { call, create, application } = await startDirectory();
  const { id: trust } = application();
  const id = await create('/Applications/v1/', { name: 'app' });
  const { body } = await call('GET', '/Applications/v1/?cursor=');
  expect(body).toMatchObject({ totalResults: body.applications.length, itemsPerPage: body.applications.length });
  const types = Object.fromEntries(
    body.applications.map((one: { id: string; meta: { type: string } }) => [one.id, one.meta.type]),
  );
  expect(types).toMatchObject({ [trust]: 'bundled', [id]: 'charged' });
  expect(await call('DELETE', `/Applications/v1/${trust}`)).toMatchObject({ status: 409 });
  expect(await call('DELETE', `/Applications/v1/${id}`)).toMatchObject({ status: 200, body: undefined });
  expect(await call('GET', `/Applications/v1/${id}`)).toMatchObject({
    status: 404,
    body: { error: { code: 404, message: 'Unable to find application with provided identifier.' } },
  });
});

test('a long list comes in pages, each but the last with a cursor', async () => {
  const { call, create } = await startDirectory();
  for (let n = 0; n < 101; n++) await create('/Applications/v1/', { name: `app-${n}` });
  const first = (await call('GET', '/Applications/v1/')).body;
  expect(first.itemsPerPage).toBe(100);
  const second = (await call('GET', `/Applications/v1/?cursor=${first.nextCursor}`)).body;
  expect(second.itemsPerPage).toBe(first.totalResults - 100);
  expect(second.nextCursor).toBeUndefined();
  expect(await call('GET', '/Applications/v1/?cursor=nowhere')).toMatchObject({ status: 400 });
});

test('a secret is told once, works until it ends, and up to twenty are good at the same time', async () => {
  const { call, create, clientCredentials, now, advance } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'app', [AUTHENTICATION]: oidc });
  const secrets = `/Applications/v1/${id}/apiSecrets`;
  const validTo = new Date(now() + 3_600_000).toISOString().replace(/\.\d+/, '');
  const first = await call('POST', secrets, { description: 'first', validTo, authorizationScopes: ['oAuth'] });
  expect(first).toMatchObject({
    status: 201,
    body: { description: 'first', validTo, authorizationScopes: ['oAuth'], allApisAccess: false },
  });
  const { secret, clientId, hint, id: secretId } = first.body;
  expect(secret.startsWith(hint)).toBe(true);
  expect(hint).toHaveLength(4);
  expect((await call('GET', secrets)).body).toEqual({
    secrets: [
      { id: secretId, description: 'first', hint, validTo, authorizationScopes: ['oAuth'], allApisAccess: false },
    ],
    allApisAccess: false,
  });
  const second = (await call('POST', secrets, { description: 'second' })).body;
  expect(await clientCredentials(clientId, secret)).toBe(200);
  expect(await clientCredentials(clientId, second.secret)).toBe(200);
  advance(3_600_000);
  expect(await clientCredentials(clientId, secret)).toBe(401);
  expect(await clientCredentials(clientId, second.secret)).toBe(200);
  for (let n = 2; n < 20; n++) await call('POST', secrets, { description: `n${n}` });
  expect(await call('POST', secrets, { description: 'one too many' })).toMatchObject({ status: 409 });
});

test('a secret is changed by its path and deleted by a query', async () => {
  const { call, create, clientCredentials } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'app', [AUTHENTICATION]: oidc });
  const path = `/Applications/v1/${id}/apiSecrets`;
  const { id: secretId, secret, clientId } = (await call('POST', path, { description: 'test' })).body;
  const operations = [
    { op: 'replace', path: '/description', value: 'updated' },
    { op: 'replace', path: '/authorizationScopes', value: ['manageApp', 'oAuth'] },
  ];
  expect(await call('PATCH', `${path}/${secretId}`, { operations })).toMatchObject({ status: 200, body: undefined });
  expect((await call('GET', path)).body.secrets).toMatchObject([
    { id: secretId, description: 'updated', authorizationScopes: ['manageApp', 'oAuth'] },
  ]);
  expect(await clientCredentials(clientId, secret)).toBe(200);
  expect(await call('DELETE', `${path}?id=${secretId}`)).toMatchObject({ status: 200, body: undefined });
  expect(await clientCredentials(clientId, secret)).toBe(401);
  expect(await call('DELETE', `${path}?id=${secretId}`)).toMatchObject({ status: 404 });
});

test('applications are found by client ID or name; one that is not there is 404', async () => {
  const { call, create } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'my app' });
  await create('/Applications/v1/', { name: 'another' });
  const { clientId } = (await call('GET', `/Applications/v1/${id}`)).body[AUTHENTICATION];
  const by = (filter: string) => call('GET', `/Applications/v1/?filter=${encodeURIComponent(filter)}`);
  for (const filter of [`clientId eq ${clientId}`, 'name eq my app']) {
    expect((await by(filter)).body).toMatchObject({ totalResults: 1, applications: [{ id }] });
  }
  expect(await by('name eq nobody')).toMatchObject({ status: 404, body: { error: { code: 404 } } });
  expect(await by('description co app')).toMatchObject({ status: 400 });
});

test('a secret without the scope of OpenID Connect gets no token, unless the tenant does not look', async () => {
  for (const [looks, status] of [
    [true, 401],
    [false, 200],
  ] as const) {
    const { call, create, clientCredentials } = await startDirectory([], { 'ias.secretScopes': looks });
    const id = await create('/Applications/v1/', { name: 'app', [AUTHENTICATION]: oidc });
    const path = `/Applications/v1/${id}/apiSecrets`;
    const manages = (await call('POST', path, { authorizationScopes: ['manageApp'] })).body;
    const all = (await call('POST', path, {})).body;
    expect(await clientCredentials(manages.clientId, manages.secret)).toBe(status);
    expect(await clientCredentials(all.clientId, all.secret)).toBe(200);
    const hints = (await call('GET', path)).body.secrets.map(({ hint }: { hint: string }) => hint);
    expect(hints, 'the newest first').toEqual([all.hint, manages.hint]);
  }
});

test('identity providers are written by their id and read by another number', async () => {
  const { call, create, replace } = await startDirectory();
  const idp = await create('/IdentityProviders/v1/', { displayName: 'Corporate', name: 'corporate', type: 'saml2' });
  const rule = { userType: 'employee', userEmailDomain: 'acme.example', ipNetworkRange: '10.0.0.1/8' };
  const id = await create('/Applications/v1/', {
    name: 'app',
    [AUTHENTICATION]: { conditionalAuthentication: [{ ...rule, identityProviderId: idp }] },
  });
  const shown = (await call('GET', `/Applications/v1/${id}`)).body[AUTHENTICATION];
  const [{ identityProviderId }] = shown.conditionalAuthentication;
  expect(identityProviderId).toMatch(/^[0-9a-f]{24}$/);
  expect(shown.defaultAuthenticatingIdpId, 'the tenant has such a number, too').toMatch(/^[0-9a-f]{24}$/);
  expect(shown.conditionalAuthentication).toEqual([{ ...rule, identityProviderId }]);
  const fallback = `/${AUTHENTICATION}/defaultAuthenticatingIdpId`;
  expect(await call('PATCH', `/Applications/v1/${id}`, replace(fallback, identityProviderId))).toMatchObject({
    status: 200,
  });
  expect(await call('PATCH', `/Applications/v1/${id}`, replace(fallback, 'nobody'))).toMatchObject({
    status: 400,
    body: { error: { details: [{ message: 'There is no identity provider nobody.' }] } },
  });
});

test('a locked client id is shown, and unlocked by the application', async () => {
  const { call, create, clientCredentials, replace } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'app', [AUTHENTICATION]: oidc });
  const { secret, clientId } = (await call('POST', `/Applications/v1/${id}/apiSecrets`, {})).body;
  for (let n = 0; n < 5; n++) await clientCredentials(clientId, 'wrong');
  expect(await clientCredentials(clientId, secret)).toBe(401);
  const { restApiAuthentication } = (await call('GET', `/Applications/v1/${id}`)).body[AUTHENTICATION];
  expect(restApiAuthentication.failedLoginAttempts).toBe(5);
  await call('PATCH', `/Applications/v1/${id}`, replace(`/${AUTHENTICATION}/restApiAuthentication/unlock`, true));
  expect(await clientCredentials(clientId, secret)).toBe(200);
});

test.each([
  ['no JSON', 'no JSON', 400],
  ['a list', [], 400],
  ['no name', {}, 400],
  ['an attribute of JavaScript', '{"name":"a","__proto__":{}}', 400],
  [
    'an unknown grant type',
    { name: 'a', [AUTHENTICATION]: { openIdConnectConfiguration: { restrictedGrantTypes: ['any'] } } },
    400,
  ],
  ['an unknown policy', { name: 'a', [AUTHENTICATION]: { passwordPolicy: 'https://none' } }, 400],
  ['a parent that is not there', { name: 'a', parentApplicationId: 'none' }, 400],
  ['a name that is taken', { name: 'taken' }, 409],
])('refuses %s', async (_what, body, status) => {
  const { call, create } = await startDirectory();
  await create('/Applications/v1/', { name: 'taken' });
  const refused = await call('POST', '/Applications/v1/', body);
  expect(refused).toMatchObject({ status, body: { error: { code: status } } });
  expect((await call('GET', '/Applications/v1/')).body.totalResults).toBe(1);
});

test.each([
  ['no operations', {}],
  ['a path without a slash', { operations: [{ op: 'replace', path: 'name', value: 'x' }] }],
  ['a path into a text', { operations: [{ op: 'replace', path: '/name/first', value: 'x' }] }],
  ['a place that a list has not', { operations: [{ op: 'add', path: '/schemas/99', value: 'x' }] }],
  ['the whole document', { operations: [{ op: 'remove', path: '' }] }],
  ['an attribute of JavaScript', { operations: [{ op: 'add', path: '/__proto__/x', value: 'x' }] }],
])('refuses to patch %s', async (_what, body) => {
  const { call, create } = await startDirectory();
  const id = await create('/Applications/v1/', { name: 'app' });
  expect(await call('PATCH', `/Applications/v1/${id}`, body)).toMatchObject({ status: 400 });
});

test('only who manages applications gets in', async () => {
  const { call, fetch } = await startDirectory();
  expect(await call('GET', '/Applications/v1/', undefined, 'READ')).toMatchObject({ status: 403 });
  const anonymous = await fetch(`https://${HOST}/Applications/v1/`);
  expect(anonymous.status).toBe(401);
  expect(anonymous.headers.get('www-authenticate')).toBe('Basic realm="IDS"');
  expect((await fetch('https://accounts.sap.com/Applications/v1/')).status).toBe(404);
});

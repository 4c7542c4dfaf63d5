import { expect, test } from 'vitest';
import { APP, claimsOf, DEV, NORA, startAuthz, tokensOf } from '../../../../../test/fixtures/authz.ts';

const noraIn = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
const viewerMapping = { roleCollectionName: 'Shop Viewer', attributeName: 'Groups', attributeValue: 'Viewers' };
const mappings = '/sap/rest/authorization/v2/identity-providers/sap.custom/attributes';

test('a user token names the user, the identity provider, and what XSUAA knows besides', async () => {
  const landscape = await startAuthz();
  const response = await landscape.logOn();
  const answer = await tokensOf(response);
  expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 43_199, scope: 'openid' });
  expect(answer.refresh_token).toMatch(/^[0-9a-f]{32}-r$/);
  const claims = await claimsOf(response);
  expect(claims).toMatchObject({
    user_name: NORA.email,
    email: NORA.email,
    origin: 'sap.custom',
    given_name: 'Nora',
    family_name: 'Clerk',
    scope: ['openid'],
    cid: APP.clientId,
    azp: APP.clientId,
    grant_type: 'password',
    zid: landscape.dev.guid,
    iss: `${DEV}/oauth/token`,
    aud: ['openid', APP.clientId],
    ext_attr: { enhancer: 'XSUAA', zdn: 'acme-dev', subaccountid: landscape.dev.guid },
    'xs.system.attributes': { 'xs.saml.groups': ['Viewers'], 'xs.rolecollections': [] },
    'xs.user.attributes': {},
  });
  expect(claims.user_id).toBe(claims.sub);
});

test('role collections assigned to the user become scopes of the application that asks', async () => {
  const landscape = await startAuthz();
  await landscape.logOn();
  await landscape.api('PUT', `${noraIn}/rolecollections/Shop%20Editor`);
  await landscape.api('PUT', `${noraIn}/rolecollections/Subaccount%20Viewer`);
  const claims = await claimsOf(await landscape.logOn());
  // What another application defines is not in the token, though the user has it.
  expect(claims.scope).toEqual(['openid', `${APP.appId}.Display`, `${APP.appId}.Edit`]);
  expect(claims['xs.system.attributes']).toMatchObject({ 'xs.rolecollections': ['Shop Editor', 'Subaccount Viewer'] });
});

test('A23: groups of the default identity provider cannot be mapped', async () => {
  const landscape = await startAuthz();
  const ofDefault = mappings.replace('sap.custom', 'sap.default');
  const refused = await landscape.api('POST', ofDefault, viewerMapping);
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'bad_request' }]);
  expect(await (await landscape.api('GET', `${ofDefault}/rolecollections`)).json()).toEqual([]);
});

test('A24: a group gives its role collection when the name fits in every letter', async () => {
  const landscape = await startAuthz();
  await landscape.api('POST', mappings, { ...viewerMapping, attributeValue: 'viewers' });
  expect((await claimsOf(await landscape.logOn())).scope).toEqual(['openid']);
  expect((await landscape.api('POST', mappings, viewerMapping)).status).toBe(201);
  const claims = await claimsOf(await landscape.logOn());
  expect(claims.scope).toEqual(['openid', `${APP.appId}.Display`]);
  expect(claims['xs.system.attributes']).toMatchObject({ 'xs.rolecollections': ['Shop Viewer'] });
  // It is no assignment to the user.
  expect(await (await landscape.api('GET', noraIn)).json()).toMatchObject({ roleCollections: [] });
});

test('A22: what is assigned in the global account gives nothing in the subaccount', async () => {
  const landscape = await startAuthz();
  const token = await landscape.apiToken(landscape.account);
  const user = `/sap/rest/user/origin/sap.default/name/${NORA.email}`;
  const assignment = `${user}/rolecollections/Global%20Account%20Viewer?createUserIfMissing=true`;
  expect((await landscape.api('PUT', assignment, undefined, token)).status).toBe(200);
  expect((await landscape.api('GET', user)).status).toBe(404);
  expect((await landscape.api('PUT', assignment)).status).toBe(404);
});

test('A21: who is not there is not let in where shadow users are not made', async () => {
  const landscape = await startAuthz();
  await landscape.api('PATCH', '/sap/rest/identity-providers/btpcli/originKey/sap.custom', {
    createShadowUsersDuringLogon: 'false',
  });
  const refused = await landscape.logOn();
  expect(refused.status).toBe(401);
  expect(await refused.json()).toEqual({
    error: 'unauthorized',
    error_description: 'The user account must be pre-created. Please contact your system administrator.',
  });
});

test('without a hint the settings say which identity provider checks the password', async () => {
  const landscape = await startAuthz();
  expect((await landscape.logOn({ login_hint: '' })).status).toBe(401);
  const settings = '/sap/rest/authorization/v2/securitySettings';
  const changed = await landscape.api('PATCH', settings, { defaultIdp: 'sap.custom' });
  expect(await changed.json()).toMatchObject({ defaultIdp: 'sap.custom' });
  expect((await landscape.logOn({ login_hint: '' })).status).toBe(200);
  const missing = await landscape.api('PATCH', settings, { defaultIdp: 'nobody' });
  expect(missing.status).toBe(400);
});

test('an origin that no active identity provider has is refused in UAA’s words', async () => {
  const landscape = await startAuthz();
  const refused = await landscape.logOn({ login_hint: '{"origin":"acme-platform"}' });
  expect(refused.status).toBe(401);
  expect((await refused.json()) as object).toMatchObject({
    error: 'unauthorized',
    error_description:
      'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
  });
  // What is no JSON is no hint: then it is the default identity provider, which does not know her.
  expect((await landscape.logOn({ login_hint: 'sap.custom' })).status).toBe(401);
});

test('A13: a trust over SAML knows no password grant; in the browser it leads to what is not emulated', async () => {
  const landscape = await startAuthz();
  const trusts = landscape.state.collection<Readonly<Record<string, unknown>>>('trust/configurations');
  for (const key of [...trusts.keys()]) trusts.set(key, { ...trusts.get(key), protocol: 'SAML' });
  const refused = await landscape.logOn();
  expect(refused.status).toBe(401);
  expect(((await refused.json()) as Record<string, string>).error_description).toContain('supports password grant');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP.clientId,
    redirect_uri: APP.redirectUri,
    login_hint: '{"origin":"sap.custom"}',
  });
  const signIn = await landscape.fetch(`${DEV}/oauth/authorize?${query}`, { redirect: 'manual' });
  expect((await landscape.fetch(signIn.headers.get('location') ?? '')).status).toBe(501);
});

test('a wrong password is refused with the raw words of the identity provider', async () => {
  const landscape = await startAuthz();
  const refused = (await (await landscape.logOn({ password: 'wrong' })).json()) as Record<string, string>;
  expect(refused.error).toBe('invalid_client');
  expect(JSON.parse(refused.error_description ?? '')).toMatchObject({ error: 'invalid_grant' });
});

test('a refresh keeps user, scopes and grant type, and gives back the same refresh token', async () => {
  const landscape = await startAuthz();
  const first = await tokensOf(await landscape.logOn());
  await landscape.api('PUT', `${noraIn}/rolecollections/Shop%20Viewer`);
  landscape.advance(3_600_000);
  const again = await landscape.token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
  expect((await tokensOf(again)).refresh_token).toBe(first.refresh_token);
  // The new role counts from the next logon on.
  expect(await claimsOf(again)).toMatchObject({ grant_type: 'password', scope: ['openid'] });
  landscape.advance(7 * 86_400_000);
  const late = await landscape.token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
  expect([late.status, ((await late.json()) as { error: string }).error]).toEqual([401, 'invalid_token']);
});

test('a deleted user’s refresh token is worth nothing, and a new one has a new id', async () => {
  const landscape = await startAuthz();
  const first = await landscape.logOn();
  const { refresh_token } = await tokensOf(first);
  await landscape.api('DELETE', noraIn);
  expect((await landscape.token({ grant_type: 'refresh_token', refresh_token })).status).toBe(401);
  expect((await claimsOf(await landscape.logOn())).user_id).not.toBe((await claimsOf(first)).user_id);
});

test('jwt-bearer turns a token of the zone, or an ID token of its identity provider, into one for the client', async () => {
  const landscape = await startAuthz();
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const logon = await landscape.logOn();
  const { access_token } = await tokensOf(logon);
  const exchanged = await landscape.token({ grant_type, assertion: access_token });
  expect(await claimsOf(exchanged)).toMatchObject({
    grant_type,
    user_id: (await claimsOf(logon)).user_id,
    'xs.system.attributes': { 'xs.saml.groups': ['Viewers'] },
  });
  const [provider] = landscape.world
    .use('trust')
    .identityProviders(landscape.dev.guid)
    .filter(({ originKey }) => originKey === 'sap.custom');
  const ias = await landscape.fetch(`https://${provider?.host}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: provider?.relyingPartyId ?? '',
      client_secret: provider?.relyingPartySecret ?? '',
      grant_type: 'password',
      username: NORA.login,
      password: landscape.password(NORA.credential),
      scope: 'openid',
    }),
  });
  const { id_token } = await tokensOf(ias);
  expect(await claimsOf(await landscape.token({ grant_type, assertion: id_token }))).toMatchObject({
    user_name: NORA.email,
  });
  const own = await tokensOf(await landscape.token({ grant_type: 'client_credentials' }));
  for (const assertion of [own.access_token, 'nonsense', `${access_token.slice(0, -6)}AAAAAA`, '']) {
    expect((await landscape.token({ grant_type, assertion })).status).toBe(401);
  }
});

test('user_token hands a user with the scope for it to another client, as a refresh token of that one', async () => {
  const landscape = await startAuthz();
  const authorization = landscape.world.use('authorization');
  authorization.registerApplication({
    zone: landscape.dev.guid,
    appId: 'desk!t17',
    roleTemplates: [{ name: 'Token_Exchange', description: '', scopes: ['uaa.user'] }],
    roleCollections: [{ name: 'Exchange', description: '', roleTemplates: ['Token_Exchange'] }],
  });
  const desk = { clientId: 'sb-desk!t17', clientSecret: 'desk-secret', appId: 'desk!t17' };
  authorization.registerClient({ ...desk, zone: landscape.dev.guid, scopes: [] });
  const asDesk = { client_id: desk.clientId, client_secret: desk.clientSecret };
  const exchange = async () => {
    const { access_token } = await tokensOf(await landscape.logOn(asDesk));
    const fields = { grant_type: 'user_token', client_id: APP.clientId };
    return landscape.token(fields, { headers: { authorization: `Bearer ${access_token}` } });
  };
  expect((await exchange()).status).toBe(403);
  await landscape.api('PUT', `${noraIn}/rolecollections/Exchange`);
  await landscape.api('PUT', `${noraIn}/rolecollections/Shop%20Viewer`);
  const handed = (await (await exchange()).json()) as { refresh_token: string };
  expect(handed).toMatchObject({ access_token: null, token_type: 'bearer', jti: handed.refresh_token });
  const refresh = { grant_type: 'refresh_token', refresh_token: handed.refresh_token };
  expect(await claimsOf(await landscape.token(refresh))).toMatchObject({
    email: NORA.email,
    cid: APP.clientId,
    scope: ['openid', `${APP.appId}.Display`],
  });
  expect((await landscape.token({ ...refresh, ...asDesk })).status).toBe(400);
});

test('an opaque token is a name that only introspection can read', async () => {
  const landscape = await startAuthz();
  const { access_token, jti } = await tokensOf(await landscape.logOn({ token_format: 'opaque' }));
  expect(access_token).toBe(jti);
  const look = async (token: string, path = 'introspect') =>
    (await landscape.token({ token }, { url: `${DEV}/${path}` })).json();
  expect(await look(access_token)).toMatchObject({ active: true, user_name: NORA.email });
  expect(await look('nonsense')).toEqual({ active: false, revocable: false });
  expect(await look('')).toEqual({ active: false, revocable: false });
  const wrong = { token: access_token, client_id: APP.clientId, client_secret: 'wrong' };
  expect((await landscape.token(wrong, { url: `${DEV}/introspect` })).status).toBe(401);
  expect(await look(access_token, 'check_token')).toMatchObject({ user_name: NORA.email });
  expect(await look('nonsense', 'check_token')).toMatchObject({ error: 'invalid_token' });
  landscape.advance(43_201_000);
  expect(await look(access_token)).toEqual({ active: false, revocable: false });
});

test('userinfo answers to whoever logged on, and to no client', async () => {
  const landscape = await startAuthz();
  const info = async (response: Response, method = 'GET') => {
    const { access_token } = await tokensOf(response);
    return landscape.fetch(`${DEV}/userinfo`, { method, headers: { authorization: `Bearer ${access_token}` } });
  };
  expect(await (await info(await landscape.logOn())).json()).toMatchObject({ email: NORA.email, name: 'Nora Clerk' });
  const posted = await info(await landscape.logOn(), 'POST');
  expect(await posted.json()).toMatchObject({ user_name: NORA.email, email_verified: true });
  expect((await info(await landscape.token({ grant_type: 'client_credentials' }))).status).toBe(403);
  for (const method of ['GET', 'POST']) {
    const anonymous = await landscape.fetch(`${DEV}/userinfo`, { method });
    expect([anonymous.status, (await anonymous.json()) as object]).toMatchObject([401, { error: 'unauthorized' }]);
  }
});

test('a client may ask for fewer scopes, and not for others', async () => {
  const landscape = await startAuthz();
  const scope = `${APP.appId}.Job`;
  expect(await (await landscape.token({ grant_type: 'client_credentials', scope })).json()).toMatchObject({ scope });
  const wrong = await landscape.token({ grant_type: 'client_credentials', scope: 'other.Scope' });
  expect(await wrong.json()).toEqual({
    error: 'invalid_scope',
    error_description: 'other.Scope is invalid. Please use a valid scope name in the request',
  });
  const none = await landscape.logOn({ scope: `${APP.appId}.Edit` });
  expect((await none.json()) as object).toMatchObject({ error: 'invalid_scope' });
});

test('lifetimes follow the settings of the subaccount', async () => {
  const landscape = await startAuthz();
  const policy = { tokenPolicySettings: { accessTokenValidity: 1800, refreshTokenValidity: 3600 } };
  await landscape.api('PATCH', '/sap/rest/authorization/v2/securitySettings', policy);
  const { expires_in, refresh_token } = await tokensOf(await landscape.logOn());
  expect(expires_in).toBe(1799);
  landscape.advance(3_601_000);
  expect((await landscape.token({ grant_type: 'refresh_token', refresh_token })).status).toBe(401);
});

test('the same e-mail at two identity providers is two users, unless the settings say otherwise', async () => {
  const landscape = await startAuthz();
  const other = `/sap/rest/user/origin/sap.default/name/${NORA.email}/rolecollections/Shop%20Editor`;
  await landscape.api('PUT', `${other}?createUserIfMissing=true`);
  landscape.advance(1000);
  expect((await claimsOf(await landscape.logOn())).scope).toEqual(['openid']);
  const settings = { treatUsersWithSameEmailAsSameUser: true };
  await landscape.api('PATCH', '/sap/rest/authorization/v2/securitySettings', settings);
  const claims = await claimsOf(await landscape.logOn());
  expect(claims.scope).toContain(`${APP.appId}.Edit`);
  const user = await landscape.api('GET', other.replace('/rolecollections/Shop%20Editor', ''));
  expect(await user.json()).toMatchObject({ id: claims.user_id });
});

test('the login name of the identity provider is in the token when the settings want it', async () => {
  const landscape = await startAuthz();
  await landscape.api('PATCH', '/sap/rest/authorization/v2/securitySettings', { useIdpUserNameInTokens: true });
  expect(await claimsOf(await landscape.logOn())).toMatchObject({ user_name: NORA.login, email: NORA.email });
});

test('the last logon is known to the API', async () => {
  const landscape = await startAuthz();
  await landscape.api('PUT', `${noraIn}/rolecollections/Shop%20Viewer?createUserIfMissing=true`);
  expect(await (await landscape.api('GET', noraIn)).json()).not.toHaveProperty('lastLogonTime');
  const at = landscape.now();
  await landscape.logOn();
  landscape.advance(60_000);
  await landscape.logOn();
  expect(await (await landscape.api('GET', noraIn)).json()).toMatchObject({
    lastLogonTime: at + 60_000,
    previousLogonTime: at,
  });
});

import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { createBrowser } from '../../testing/browser.ts';
import { LOGIN, passwordOf, postToken, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { basicOf, errorOf, robotLogin, tokenOf, webClient } from '../../testing/uaa.ts';

const REDIRECT = 'https://web.example/callback';
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** A browser in which the internal user `root` has signed in. */
async function start(options: { readonly clients?: readonly object[]; readonly signIn?: boolean } = {}) {
  const uaaClients = [webClient, ...(options.clients ?? [])];
  const emulators = await startTestLandscape({ cf: { uaaClients } });
  const browser = createBrowser(emulators);
  const hint = encodeURIComponent('{"origin":"uaa"}');
  const signIn = async (until?: string) => {
    const fields = { username: 'root', password: passwordOf(emulators, 'ROOT_PASSWORD') };
    return browser.submit(await browser.open(`${LOGIN}/login?login_hint=${hint}`), fields, until);
  };
  if (options.signIn ?? true) await signIn();
  const authorizeUrl = (parameters: Record<string, string>) =>
    `${LOGIN}/oauth/authorize?${new URLSearchParams({ client_id: 'web', ...parameters })}`;
  const authorize = async (parameters: Record<string, string>) => {
    const page = await browser.open(authorizeUrl({ redirect_uri: REDIRECT, ...parameters }), REDIRECT);
    return { ...page, answer: new URL(page.url) };
  };
  const codeOf = async (parameters: Record<string, string> = {}) =>
    (await authorize({ response_type: 'code', ...parameters })).answer.searchParams.get('code') ?? '';
  const redeem = (code: string, fields: Record<string, string> = {}) =>
    postToken(
      emulators,
      { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...fields },
      { authorization: basicOf(emulators, webClient) },
    );
  return { emulators, browser, signIn, authorize, authorizeUrl, codeOf, redeem };
}

const grantRefusal = (text: string, error = 'invalid_grant') => [400, { error, error_description: text }];

describe('an authorization code', () => {
  test('comes with the state, and is traded for tokens of the user with nonce and refresh token', async () => {
    const { authorize, redeem } = await start();
    const { answer } = await authorize({ response_type: 'code', state: 'a b&c', nonce: 'n1' });
    expect(answer.searchParams.get('state')).toBe('a b&c');
    const code = answer.searchParams.get('code') ?? '';
    expect(code).toMatch(/^[\w-]{32}$/);
    const body = await tokenOf(await redeem(code));
    expect(decodeJwt(body.access_token)).toMatchObject({ user_name: 'root', grant_type: 'authorization_code' });
    expect(decodeJwt(body.id_token)).toMatchObject({ nonce: 'n1', aud: ['web'], amr: ['pwd'] });
    expect(body.refresh_token).toMatch(/-r$/);
  });

  test('is good once, for five minutes, for its client and redirect address', async () => {
    const { emulators, codeOf, redeem } = await start();
    const used = await codeOf();
    expect((await redeem(used)).status).toBe(200);
    expect(await errorOf(await redeem(used))).toEqual(grantRefusal(`Invalid authorization code: ${used}`));
    const elsewhere = await redeem(await codeOf(), { redirect_uri: 'https://web.example/other' });
    expect(await errorOf(elsewhere)).toEqual(grantRefusal('Redirect URI mismatch.'));
    const late = await codeOf();
    emulators.advance(300_000);
    expect(await errorOf(await redeem(late))).toEqual(grantRefusal(`Authorization code expired: ${late}`));
    expect(await errorOf(await redeem('no code'))).toEqual(grantRefusal('Invalid authorization code: no code'));
  });

  test('with a challenge wants the verifier, and is used up by a wrong one', async () => {
    const { codeOf, redeem } = await start();
    const challenge = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    expect((await redeem(await codeOf(challenge), { code_verifier: VERIFIER })).status).toBe(200);
    const code = await codeOf(challenge);
    const wrong = 'w'.repeat(43);
    expect(await errorOf(await redeem(code, { code_verifier: wrong }))).toEqual(
      grantRefusal(`Invalid code verifier: ${wrong}`),
    );
    expect((await redeem(code, { code_verifier: VERIFIER })).status).toBe(400);
    expect(await errorOf(await redeem(await codeOf(challenge)))).toEqual(
      grantRefusal('PKCE error: Code verifier must be provided for this authorization code.'),
    );
    expect(await errorOf(await redeem(await codeOf(), { code_verifier: VERIFIER }))).toEqual(
      grantRefusal('PKCE error: Code verifier not required for this authorization code.'),
    );
    const short = await redeem('x'.repeat(32), { code_verifier: 'short' });
    expect(await errorOf(short)).toMatchObject([400, { error: 'invalid_request' }]);
    const plain = { code_challenge: VERIFIER };
    expect((await redeem(await codeOf(plain), { code_verifier: VERIFIER })).status).toBe(200);
  });

  test('is for public clients with S256 only', async () => {
    const spa = { ...webClient, id: 'spa', secret: 'SPA', allowPublic: true };
    const { emulators, browser } = await start({ clients: [spa] });
    const codeWith = async (more: Record<string, string>) => {
      const query = new URLSearchParams({ client_id: 'spa', response_type: 'code', redirect_uri: REDIRECT, ...more });
      const { url } = await browser.open(`${LOGIN}/oauth/authorize?${query}`, REDIRECT);
      return new URL(url).searchParams.get('code') ?? '';
    };
    const redeem = (code: string) =>
      emulators.fetch(`${UAA}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'spa',
          redirect_uri: REDIRECT,
          code_verifier: VERIFIER,
          code,
        }),
      });
    const s256 = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const first = await tokenOf(await redeem(await codeWith(s256)));
    expect(decodeJwt(first.access_token)).toMatchObject({ client_auth_method: 'none' });
    expect(await errorOf(await redeem(await codeWith({ code_challenge: VERIFIER })))).toEqual(
      grantRefusal('Public client must use code challange method S256'),
    );
    // Without a secret the refresh token is good once.
    const refresh = (token: string) =>
      emulators.fetch(`${UAA}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: token }),
      });
    const second = await tokenOf(await refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });
});

describe('an authorization request', () => {
  test('of nobody leads to the sign-in and back', async () => {
    const { browser, authorizeUrl, signIn } = await start({ signIn: false });
    const url = authorizeUrl({ response_type: 'code', redirect_uri: REDIRECT, state: 's' });
    expect((await browser.open(url)).url).toBe(`${LOGIN}/login`);
    const { url: back } = await signIn(REDIRECT);
    expect(back).toMatch(/^https:\/\/web\.example\/callback\?code=[\w-]{32}&state=s$/);
  });

  test('answers with tokens in the fragment when they were asked for', async () => {
    const { authorize } = await start();
    const { answer } = await authorize({ response_type: 'token id_token', state: 's', nonce: 'n', scope: 'openid' });
    const fragment = new URLSearchParams(answer.hash.slice(1));
    expect([...fragment.keys()]).toEqual(['token_type', 'access_token', 'id_token', 'state', 'expires_in', 'jti']);
    expect(fragment.get('token_type')).toBe('bearer');
    expect(decodeJwt(fragment.get('access_token') ?? '')).toMatchObject({ grant_type: 'implicit', scope: ['openid'] });
    expect(decodeJwt(fragment.get('id_token') ?? '')).toMatchObject({ nonce: 'n' });
    const hybrid = new URLSearchParams((await authorize({ response_type: 'code id_token' })).answer.hash.slice(1));
    expect([...hybrid.keys()]).toEqual(['token_type', 'id_token', 'code', 'expires_in', 'scope', 'jti']);
  });

  test('tells the application what is wrong with it', async () => {
    const { authorize } = await start();
    const errorIn = async (parameters: Record<string, string>) => {
      const { answer } = await authorize({ state: 's', ...parameters });
      const found = answer.hash === '' ? answer.searchParams : new URLSearchParams(answer.hash.slice(1));
      return Object.fromEntries(found);
    };
    expect(await errorIn({ response_type: 'magic' })).toEqual({
      error: 'unsupported_response_type',
      error_description: 'Unsupported response types',
      state: 's',
    });
    expect(await errorIn({})).toMatchObject({ error: 'invalid_request' });
    expect(await errorIn({ response_type: 'token', scope: 'magic' })).toMatchObject({
      error: 'invalid_scope',
      error_description: 'magic is invalid. Please use a valid scope name in the request',
    });
  });

  test('with a challenge that is none gets a page instead', async () => {
    const { authorize } = await start();
    const short = await authorize({ response_type: 'code', code_challenge: 'short' });
    expect([short.status, short.text]).toEqual([400, expect.stringContaining('Code challenge length must between')]);
    const method = { code_challenge: CHALLENGE, code_challenge_method: 'S512' };
    const unknown = await authorize({ response_type: 'code', ...method });
    expect(unknown.text).toContain('Unsupported code challenge method. Supported: [S256, plain]');
  });

  test('that could lead anywhere gets a page instead', async () => {
    const { browser, authorizeUrl } = await start();
    const opened = async (parameters: Record<string, string>) => {
      const page = await browser.open(authorizeUrl({ response_type: 'code', ...parameters }));
      return [page.status, page.text];
    };
    const mismatch = (uri: string | null) => [
      400,
      expect.stringContaining(`Invalid redirect ${uri} did not match one of the registered values`),
    ];
    expect(await opened({ redirect_uri: 'https://evil.example/' })).toEqual(mismatch('https://evil.example/'));
    for (const uri of ['https://web.example.evil.example/callback', 'https://web.example@evil.example/callback']) {
      expect(await opened({ redirect_uri: uri })).toEqual(mismatch(uri));
    }
    expect(await opened({ client_id: 'nobody' })).toEqual([401, expect.stringContaining('Bad client credentials')]);
    // A host below the registered one, and a longer path, are good: UAA compares in its legacy way.
    const below = await browser.open(
      authorizeUrl({ response_type: 'code', redirect_uri: 'https://a.web.example/callback/x' }),
      'https://a.web.example/',
    );
    expect(below.url).toContain('?code=');
  });

  test('without a sign-in and without asking ends with login_required', async () => {
    const { authorize, signIn, browser } = await start({ signIn: false });
    const silent = { prompt: 'none' };
    expect((await authorize({ ...silent, response_type: 'code' })).answer.search).toMatch(
      /^\?error=login_required&session_state=[\w.]+$/,
    );
    expect((await authorize({ ...silent, response_type: 'token' })).answer.hash).toMatch(
      /^#error=login_required&session_state=/,
    );
    await signIn();
    const { answer } = await authorize({ ...silent, response_type: 'token' });
    expect(new URLSearchParams(answer.hash.slice(1)).get('session_state')).toMatch(/^[0-9a-f]{64}\.[0-9a-f]{64}$/);
    expect(browser.cookies(new URL(LOGIN).host).get('JSESSIONID')).toBeDefined();
  });

  test('may demand a fresh sign-in', async () => {
    const { emulators, browser, authorizeUrl, authorize } = await start();
    emulators.advance(60_000);
    const url = (more: Record<string, string>) =>
      authorizeUrl({ response_type: 'code', redirect_uri: REDIRECT, ...more });
    expect((await browser.open(url({ max_age: '30' }))).url).toBe(`${LOGIN}/login`);
    const again = await start();
    again.emulators.advance(60_000);
    expect((await again.browser.open(again.authorizeUrl({ response_type: 'code', prompt: 'login' }))).url).toBe(
      `${LOGIN}/login`,
    );
    expect((await authorize({ response_type: 'code', max_age: '900' })).url).toBeDefined();
  });

  test('of a client for certain identity providers is refused to users of others', async () => {
    const picky = { ...webClient, id: 'picky', allowedProviders: ['sap.ids'] };
    const { browser } = await start({ clients: [picky] });
    const page = await browser.open(`${LOGIN}/oauth/authorize?client_id=picky&response_type=code`);
    expect([page.status, page.text]).toEqual([
      401,
      expect.stringContaining('The application is not authorized for your account.'),
    ]);
  });
});

describe('a client whose scopes nobody has approved for all', () => {
  const shy = { ...webClient, id: 'shy', autoApprove: ['openid'] };
  const url = `${LOGIN}/oauth/authorize?client_id=shy&response_type=code&redirect_uri=${REDIRECT}`;

  test('asks the user once, and remembers the answer for a month', async () => {
    const { emulators, browser, signIn } = await start({ clients: [shy] });
    const page = await browser.open(url);
    expect(page.text).toContain('shy at https://web.example/callback has requested permission to access your account');
    expect(page.html.querySelectorAll('input[type=checkbox]').map((box) => box.getAttribute('value'))).toEqual([
      'scope.cloud_controller.read',
      'scope.uaa.user',
      'scope.profile',
    ]);
    const fields = { user_oauth_approval: 'true', 'scope.0': 'scope.cloud_controller.read' };
    const { url: back } = await browser.submit(page, fields, REDIRECT);
    const body = await tokenOf(
      await postToken(
        emulators,
        {
          grant_type: 'authorization_code',
          code: new URL(back).searchParams.get('code') ?? '',
          redirect_uri: REDIRECT,
        },
        { authorization: basicOf(emulators, shy) },
      ),
    );
    expect(body.scope.split(' ').sort()).toEqual(['cloud_controller.read', 'openid']);
    expect((await browser.open(url, REDIRECT)).url).toContain('?code=');
    emulators.advance(32 * 86_400_000);
    await signIn();
    expect((await browser.open(url)).text).toContain('has requested permission');
  });

  test('that comes with a token instead of a browser is told as a document what the user would be asked', async () => {
    const { emulators } = await start({ clients: [shy], signIn: false });
    const { access_token } = await tokenOf(await robotLogin(emulators));
    const response = await emulators.fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      auth_request: { clientId: shy.id, redirectUri: REDIRECT, approved: false },
      undecided_scopes: expect.arrayContaining([
        { code: 'scope.cloud_controller.read', text: 'cloud_controller.read' },
      ]),
      options: { confirm: { key: 'user_oauth_approval', value: 'true' } },
    });
  });

  test('is told when the user denies', async () => {
    const { browser } = await start({ clients: [shy] });
    const denied = await browser.submit(
      await browser.open(`${url}&state=s`),
      { user_oauth_approval: 'false' },
      REDIRECT,
    );
    expect(denied.url).toBe(`${REDIRECT}?error=access_denied&error_description=User%20denied%20access&state=s`);
  });
});

import fc from 'fast-check';
import { SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { GRANT_TYPES, JWT_BEARER } from '../rows/application-settings.ts';
import { type Provider, startProvider } from './provider.fixture.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({
    app: { grantTypes: [...GRANT_TYPES], assertionTrusts: [{ jwksUri: 'https://nowhere.example/jwks' }] },
    switches: { 'ias.rateLimit': false },
  });
});

const RUNS = { numRuns: 150 };

/** What requests have, and what they should not have. */
const NAMES = [
  'grant_type client_id client_secret client_assertion client_assertion_type username password scope code redirect_uri',
  'code_verifier refresh_token assertion subject_token subject_token_type requested_token_type resource token_format',
  'refresh_expiry max_exchange_period app_tid token response_type state nonce prompt max_age login_hint idp __proto__',
  'code_challenge code_challenge_method id_token_hint post_logout_redirect_uri constructor',
].flatMap((line) => line.split(' '));

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '0', '-1', '{"origin":"sap.ids"}', '%', '%zz', '+', '\u0000', 'a.b.c', '..', 'x'.repeat(5000)),
);
const known = () =>
  fc.constantFrom(...GRANT_TYPES, 'openid', 'jwt', 'opaque', 'jdoe', provider.client().id, 'code', 'none');
const fields = () =>
  fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(text, known()), { maxKeys: 12, noNullPrototype: true });

const PATHS = ['token', 'introspect', 'revoke', 'token/list', 'userinfo', 'authorize', 'logout'].map(
  (one) => `/oauth2/${one}`,
);
const METHODS = ['GET', 'POST'] as const;

async function statusOf(path: string, init: RequestInit = {}): Promise<number> {
  return (await provider.send(path, init)).status;
}

/** Refusals are fine, failures are not; 501 is what is not emulated. */
function isFailure(status: number): boolean {
  return status >= 500 && status !== 501;
}

test('no form breaks an endpoint', async () => {
  const { id, secret } = provider.client();
  const property = fc.asyncProperty(fc.constantFrom(...PATHS), fields(), fc.boolean(), async (path, form, known) => {
    const headers: Record<string, string> = known ? { authorization: provider.basic(id, secret) } : {};
    const status = await statusOf(path, { method: 'POST', headers, body: new URLSearchParams(form) });
    expect([path, isFailure(status)]).toEqual([path, false]);
  });
  await fc.assert(property, { numRuns: 400 });
});

test('no query breaks an endpoint', async () => {
  const paths = [...PATHS, '/oauth2/callback', '/.well-known/openid-configuration', '/oauth2/certs'];
  const property = fc.asyncProperty(
    fc.constantFrom(...paths),
    fc.constantFrom(...METHODS),
    fields(),
    async (path, method, query) => {
      const status = await statusOf(`${path}?${new URLSearchParams(query)}`, { method });
      expect([path, isFailure(status)]).toEqual([path, false]);
    },
  );
  await fc.assert(property, RUNS);
});

test('no body, content type or authorization breaks the token endpoint', async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'multipart/form-data', 'text/plain'),
    fc.oneof(fc.base64String({ maxLength: 60 }), fc.constantFrom('', '===', 'Og==', 'YQ==')),
    fc.constantFrom('Basic', 'basic', 'Bearer', 'Negotiate'),
    async (body, type, value, scheme) => {
      const headers = { 'content-type': type, authorization: `${scheme} ${value}` };
      for (const path of ['/oauth2/token', '/service/users/password', '/service/users/otp', '/oauth2/userinfo']) {
        expect(isFailure(await statusOf(path, { method: 'POST', headers, body: Buffer.from(body) }))).toBe(false);
      }
    },
  );
  await fc.assert(property, RUNS);
});

test('no login_hint breaks the sign-in page or gets out of its field', async () => {
  const property = fc.asyncProperty(fc.oneof(text, fc.json()), async (hint) => {
    const response = await provider.send(provider.authorizePath({ login_hint: hint }));
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page.match(/<form/g)).toHaveLength(1);
    expect(page).not.toMatch(/<script/i);
  });
  await fc.assert(property, RUNS);
});

test('no sign-in form breaks the sign-in', async () => {
  const forms = fc.dictionary(
    fc.constantFrom('j_username', 'j_password', 'j_otpcode', 'target', 'newPassword', 'newPasswordConfirm'),
    text,
    { noNullPrototype: true },
  );
  const steps = ['/ui/signin', '/ui/signin/passcode', '/ui/signin/enrolment', '/ui/password/change', '/ui/signout'];
  const property = fc.asyncProperty(fc.constantFrom(...steps), forms, async (path, form) => {
    const browser = provider.browser();
    const page = await browser.open(provider.authorizePath());
    const sent = new URLSearchParams({ authenticity_token: page.form.authenticity_token ?? '', ...form });
    const cookie = `IDS_SESSION=${browser.cookies().get('IDS_SESSION')}`;
    expect(isFailure(await statusOf(path, { method: 'POST', headers: { cookie }, body: sent }))).toBe(false);
  });
  await fc.assert(property, RUNS);
});

test('no assertion is taken that the tenant or a provider did not sign', async () => {
  const key = new Uint8Array(32);
  const claim = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.object(),
  );
  const claims = fc.dictionary(
    fc.constantFrom('iss', 'ias_iss', 'sub', 'aud', 'azp', 'sid', 'exp', 'iat', 'nbf', 'jti', 'email', 'sap_id_type'),
    fc.oneof(claim, fc.constantFrom('https://acme-platform.accounts.ondemand.com')),
    { noNullPrototype: true },
  );
  const header = fc.record({ alg: fc.constantFrom('none', 'RS256', 'HS256'), kid: fc.constantFrom('key-1', 'x', '') });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const property = fc.asyncProperty(
    claims,
    header,
    fc.base64String({ maxLength: 40 }),
    async (body, head, signature) => {
      const forged = [
        `${encode(head)}.${encode(body)}.${signature.replaceAll(/[+/=]/g, '')}`,
        await new SignJWT(body as never).setProtectedHeader({ alg: 'HS256' }).sign(key),
      ];
      for (const assertion of forged) {
        expect((await provider.grant({ grant_type: JWT_BEARER, assertion })).status).toBe(400);
        expect(await provider.introspect(assertion)).toEqual({ active: false });
        const client = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };
        const sent = { grant_type: 'client_credentials', ...client, client_assertion: assertion };
        expect((await provider.grant(sent, { client: undefined })).status).toBe(401);
      }
    },
  );
  await fc.assert(property, RUNS);
});

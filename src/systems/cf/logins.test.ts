import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { ADMIN, ORIGIN, ROBOT, startTestLandscape } from './emulator/testing/landscape.ts';
import {
  countingFetch,
  devGrant,
  manifestOf,
  systemContext,
  technicalUser,
} from './emulator/testing/system-context.ts';
import { createWorkbench, thrown } from './emulator/testing/workbench.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);
const { look, make, doctor } = createWorkbench(cf);

async function start(manifest: Manifest = manifestOf([technicalUser([APP_DEVELOPER])])) {
  const emulators = await startTestLandscape();
  return { emulators, ctx: await systemContext(emulators, manifest) };
}

describe('the administrator', () => {
  test('with a wrong password logs in once, over all landscapes', async () => {
    const landscapes = [{ name: 'us20', region: 'us20' }];
    const org = { name: 'acme-prod', subaccount: 'prod', globalAccount: 'acme', landscape: 'us20', spaces: ['app'] };
    const emulators = await startTestLandscape({ cf: { landscapes, orgs: [org] }, double: { subaccounts: ['prod'] } });
    const counted = countingFetch(emulators);
    const grant = { subaccounts: { names: ['*'] }, cf: { orgRoles: [], spaces: [] } };
    const connections = { cf: { user: ADMIN, password: 'env:ROBOT_PASSWORD', origin: 'sap.ids' } };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])], connections), counted);
    const error = await thrown(look(ctx, emulators, ['dev', 'prod']));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', serviceCode: 'LOGIN_REFUSED' });
    await thrown(look(ctx, emulators, ['dev', 'prod']));
    expect(counted.calls.filter((call) => call.includes('/oauth/token'))).toHaveLength(1);
  });

  test('renews its token before it expires, without the password', async () => {
    const emulators = await startTestLandscape();
    const counted = countingFetch(emulators);
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]), counted);
    await look(ctx, emulators);
    emulators.advance(1_150_000);
    await look(ctx, emulators);
    expect(counted.calls.filter((call) => call.startsWith('POST'))).toEqual([
      'POST login /oauth/token',
      'POST uaa /oauth/token',
    ]);
    emulators.advance(40 * 86_400_000);
    await look(ctx, emulators);
    expect(counted.calls.filter((call) => call.startsWith('POST login'))).toHaveLength(2);
  });

  test('replaces a token that is refused before its time', async () => {
    const emulators = await startTestLandscape();
    let refusals = 0;
    const fetch: SystemContext['fetch'] = async (input, init) => {
      const request = new Request(input, init);
      if (request.url.includes('/v3/roles') && refusals++ === 0) return new Response('{}', { status: 401 });
      return emulators.fetch(request);
    };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]), { fetch });
    expect((await look(ctx, emulators)).observed.failures.size).toBe(0);
  });

  test('that has used up its calls is told when to come back', async () => {
    const emulators = await startTestLandscape({ rateLimit: 1 });
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]));
    const error = await thrown(look(ctx, emulators).then(() => look(ctx, emulators)));
    expect(error).toMatchObject({
      code: 'ERR_REMOTE_RATE_LIMITED',
      serviceCode: 'CF-RateLimitExceeded',
      retryable: true,
      remedy: expect.stringMatching(/^try again in \d+ s$/),
    });
  });

  test('that is no Org Manager gets a refusal with the title of the error and its correlation id', async () => {
    const emulators = await startTestLandscape();
    const connections = { cf: { user: ROBOT, password: 'env:ROBOT_PASSWORD', origin: ORIGIN } };
    const grant = devGrant([]);
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])], connections));
    const error = await thrown(make(ctx, emulators));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_FORBIDDEN', status: 403, serviceCode: 'CF-NotAuthorized' });
    expect(error.correlationId).toMatch(/::/);
    expect(error.remedy).toMatch(/^make the user of connections.cf an Org Manager of acme-dev/);
  });
});

describe('a technical user whose login is refused', () => {
  test('is not logged in a second time in the same run', async () => {
    const emulators = await startTestLandscape();
    const counted = countingFetch(emulators);
    const manifest = manifestOf([technicalUser([APP_DEVELOPER])]);
    const ctx = await systemContext(emulators, manifest, { fetch: counted.fetch, password: 'wrong' });
    const error = await thrown(make(ctx, emulators));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', serviceCode: 'LOGIN_REFUSED' });
    expect(error.message).not.toContain('wrong');
    const hops = await doctor(ctx, emulators);
    expect(hops.map(({ check, status, code }) => [check, status, code])).toEqual([
      ['cf/roles', 'failed', 'CF_ROLE_MISSING'],
      ['cf/roles', 'failed', 'CF_ROLE_MISSING'],
      ['cf/token', 'unknown', 'LOGIN_SPARED'],
      ['cf/consumer', 'unknown', undefined],
    ]);
    // One of the administrator, one of the robot.
    expect(counted.calls.filter((call) => call === 'POST login /oauth/token')).toHaveLength(2);
  });

  test('hears from doctor what the origin has to do with it', async () => {
    const emulators = await startTestLandscape();
    const manifest = manifestOf([technicalUser([APP_DEVELOPER])]);
    const identityProviders = manifest.identityProviders.map((known) => ({ ...known, originKey: 'acme2-platform' }));
    const ctx = await systemContext(emulators, { ...manifest, identityProviders });
    const hops = await doctor(ctx, emulators);
    expect(hops.find((hop) => hop.check === 'cf/token')).toMatchObject({
      status: 'failed',
      code: 'LOGIN_ORIGIN_UNKNOWN',
      because: 'eu10-004 has no active OIDC platform identity provider with origin key acme2-platform',
    });
  });

  test('without a password in the vault is told so', async () => {
    const { emulators, ctx } = await start();
    const empty = { ...ctx, vault: { ...ctx.vault, open: async () => undefined } };
    const hops = await doctor(empty, emulators);
    expect(hops.find((hop) => hop.check === 'cf/token')).toMatchObject({ status: 'failed', code: 'ERR_CONFIG_SECRET' });
  });
});

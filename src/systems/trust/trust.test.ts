import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import type { IdentityProvider } from '../../kernel/manifest/types.ts';
import type { Subject } from '../../kernel/system.ts';
import { accountsEmulator } from '../accounts/emulator/index.ts';
import { authzEmulator } from '../authz/emulator/index.ts';
import { iasEmulator } from '../ias/emulator/index.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import { btpCliEmulator } from '../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../protocols/btp-cli/emulator/testing/acme.ts';
import { manifestOf, PROVIDER, sliceContext, technicalUser } from '../protocols/btp-cli/testing.ts';
import { trustEmulator } from './emulator/index.ts';
import { trust } from './index.ts';
import { platformTrust, trustResource } from './platform.ts';

interface Platform {
  readonly globalAccount: string;
  readonly host: string;
  readonly originKey?: string;
  readonly originKeyCfuaa?: string | null;
  readonly active?: boolean;
  readonly protocol?: 'SAML';
}

const host = (tenant: string) => `${tenant}.accounts.ondemand.com`;
const trusted = (tenant: string, more: Partial<Platform> = {}): Platform => ({
  globalAccount: ACME.globalAccount,
  host: host(tenant),
  ...more,
});

async function start(platform: readonly Platform[], provider: IdentityProvider = PROVIDER) {
  const landscape = await startEmulators({
    emulators: [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()],
    seed: { ...acmeSeed, trust: { platform } },
  });
  const manifest = manifestOf([technicalUser()], provider);
  const ctx = sliceContext(landscape, manifest, { ADMIN_PASSWORD: landscape.credentials.get('ADMIN_PASSWORD') });
  const resource = trustResource(manifest, provider);
  const options = {
    adopt: false,
    now: landscape.now(),
    manifest: manifest.name,
    changing: () => false,
    renews: () => false,
  };
  async function look() {
    const { objects } = await platformTrust.observe(resource.scope, [resource], ctx);
    const observed = objects.get(resource.address);
    const diff = platformTrust.diff(resource, observed, options);
    const subject: Subject = {
      user: technicalUser(),
      identityProvider: provider,
      resources: [resource],
      inventory: {
        globalAccount: { guid: '', subdomain: 'acme', displayName: 'acme' },
        directories: [],
        subaccounts: [],
      },
      observed: () => observed,
      diff: () => diff,
      unobserved: () => undefined,
    };
    const [hop] = (await trust.checks[0]?.run(subject, ctx)) ?? [];
    return { observed, diff, hop };
  }
  return { landscape, ctx, resource, look };
}

test('a trust that is there is in place, and the doctor names its origin keys', async () => {
  const { look } = await start([trusted('acme-platform', { originKey: 'acme-platform' })]);
  const { diff, hop } = await look();
  expect(diff).toEqual({ action: 'none' });
  expect(hop).toMatchObject({
    status: 'ok',
    evidence: expect.arrayContaining([
      'trust active',
      'origin key acme-platform',
      'Cloud Foundry origin acme-platform',
    ]),
  });
});

test('both domains of a tenant are the same tenant', async () => {
  const { look } = await start([trusted('acme-platform', { originKey: 'acme-platform' })], {
    ...PROVIDER,
    host: 'acme-platform.accounts.cloud.sap',
  });
  expect((await look()).diff).toEqual({ action: 'none' });
});

test('a missing trust blocks the plan when it is expected', async () => {
  const { diff, hop } = await (await start([])).look();
  expect(diff).toMatchObject({ action: 'blocked', finding: { code: 'TRUST_MISSING', severity: 'error' } });
  expect(hop).toMatchObject({ status: 'failed', code: 'TRUST_MISSING' });
});

test('a missing trust is established when the manifest says so, and is then in place', async () => {
  const { landscape, ctx, resource, look } = await start([], { ...PROVIDER, trust: 'establish' });
  const before = await look();
  expect(before.diff).toMatchObject({ action: 'create' });
  expect(before.hop).toMatchObject({ status: 'failed', remedy: 'locum apply' });
  const evidence = await platformTrust.converge({ resource, action: 'create', observed: before.observed }, ctx);
  expect(evidence).toMatchObject({ originKey: 'acme-platform', relyingParty: expect.any(String) });
  expect((await look()).diff).toEqual({ action: 'none' });
  const [provider] = landscape.world.use('trust').platformIdentityProviders();
  expect(provider).toMatchObject({
    host: ACME.host,
    originKeyCfuaa: 'acme-platform',
    relyingPartyId: evidence.relyingParty,
  });
});

test('an origin key that no identity provider has is told with the one that has it', async () => {
  const { look } = await start([trusted('acme-platform', { originKey: 'sso-platform' })], {
    ...PROVIDER,
    trust: 'establish',
  });
  const { diff, hop } = await look();
  expect(diff).toMatchObject({
    action: 'blocked',
    finding: { code: 'TRUST_OTHER_ORIGIN', remedy: 'write originKey: sso-platform in the manifest' },
  });
  expect(hop).toMatchObject({ status: 'failed', code: 'TRUST_OTHER_ORIGIN' });
});

test('an origin key that belongs to another tenant blocks', async () => {
  const { diff } = await (await start([trusted('other', { originKey: 'acme-platform' })])).look();
  expect(diff).toMatchObject({ action: 'blocked', finding: { code: 'TRUST_OTHER_HOST' } });
});

test('an inactive trust blocks', async () => {
  const { diff } = await (
    await start([trusted('acme-platform', { originKey: 'acme-platform', active: false })])
  ).look();
  expect(diff).toMatchObject({ action: 'blocked', finding: { code: 'TRUST_INACTIVE' } });
});

test('A27: a fourth trust is not even tried: three is the limit, which the server also keeps', async () => {
  const { look, ctx, resource } = await start([trusted('other'), trusted('third'), trusted('fourth')], {
    ...PROVIDER,
    trust: 'establish',
  });
  expect((await look()).diff).toMatchObject({ action: 'blocked', finding: { code: 'TRUST_LIMIT' } });
  const attempt = platformTrust.converge({ resource, action: 'create', observed: undefined }, ctx);
  await expect(attempt).rejects.toMatchObject({ code: 'ERR_REMOTE_REFUSED', status: 400 });
});

test('a trust that is older than the shared origin key is a warning: Cloud Foundry does not know it', async () => {
  const { hop } = await (
    await start([trusted('acme-platform', { originKey: 'acme-platform', originKeyCfuaa: null })])
  ).look();
  expect(hop).toMatchObject({ status: 'warning', code: 'TRUST_UNKNOWN_TO_CF' });
});

test('A13: a trust over SAML blocks the plan: no password grant goes through it', async () => {
  const { diff, hop } = await (
    await start([trusted('acme-platform', { originKey: 'acme-platform', protocol: 'SAML' })])
  ).look();
  expect(diff).toMatchObject({ action: 'blocked', finding: { code: 'TRUST_SAML', severity: 'error' } });
  expect(hop).toMatchObject({ status: 'failed', code: 'TRUST_SAML' });
});

test('the form of the origin key is linted', () => {
  const [rule] = trust.rules;
  expect(rule?.check(manifestOf([]), 0)).toEqual([]);
  const findings = rule?.check(manifestOf([], { ...PROVIDER, originKey: 'sap.custom' }), 0);
  expect(findings).toMatchObject([{ code: 'TRUST_ORIGIN_KEY_FORM', subject: 'acme-platform' }]);
});

test('subaccounts inherit the platform trusts that Cloud Foundry knows, read-only', async () => {
  const { landscape, ctx } = await start([
    trusted('acme-platform', { originKey: 'acme-platform' }),
    trusted('other', { originKeyCfuaa: null }),
  ]);
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid;
  const session = await btpSession(ctx);
  const { body } = await session.command({ object: 'security/trust', action: 'list', parameters: { subaccount } });
  expect(body).toMatchObject([
    { originKey: 'sap.default', createShadowUsersDuringLogon: 'false', defaultIdp: true },
    { originKey: 'acme-platform', typeOfTrust: 'Platform', readOnly: true },
  ]);
  const update = {
    object: 'security/trust',
    action: 'update',
    parameters: { subaccount, originKey: 'acme-platform', name: 'x' },
  };
  await expect(session.command(update)).rejects.toMatchObject({ status: 400 });
});

test('an unknown tenant is refused in a plain text that calls itself JSON', async () => {
  const { ctx } = await start([]);
  const parameters = { globalAccount: 'acme', iasTenantUrl: host('nobody') };
  const session = await btpSession(ctx);
  const answer = await session.command({ object: 'security/trust', action: 'create', parameters, expect: [404] });
  expect(answer.body).toBe(`https://${host('nobody')} is not a valid URL`);
});

test('a deleted trust takes its shadow users along', async () => {
  const { landscape, ctx } = await start([trusted('acme-platform', { originKey: 'acme-platform' })]);
  const session = await btpSession(ctx);
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  const user = { userName: ACME.robot, email: ACME.robot, originKey: ACME.originKey };
  landscape.world.use('authorization').ensureShadowUser(subaccount, user);
  const parameters = { globalAccount: 'acme', originKey: ACME.originKey, confirm: true };
  await session.command({ object: 'security/trust', action: 'delete', parameters });
  const get = {
    object: 'security/user',
    action: 'get',
    parameters: { subaccount, userName: ACME.robot, origin: ACME.originKey },
  };
  await expect(session.command(get)).rejects.toMatchObject({ status: 404 });
});

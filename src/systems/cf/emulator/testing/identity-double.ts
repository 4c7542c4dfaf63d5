import { Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { createTokenKeys, readTokenRequest } from '../../../protocols/oauth/emulator.ts';

const SAP_ID = 'accounts.sap.com';

const seed = z.object({
  /** Display names; each has the subdomain `acme-<name>`. */
  subaccounts: z.array(z.string()).default([]),
  /** Platform trusts of the global account `acme`. */
  trusts: z
    .array(z.object({ originKey: z.string(), host: z.string(), createShadowUsers: z.boolean().default(true) }))
    .default([]),
  users: z
    .array(
      z.object({
        host: z.string(),
        email: z.string(),
        /** Name of the credential that holds the password. */
        password: z.string(),
        /** IAS message code with which every login is refused. */
        refused: z.string().optional(),
        withoutIdToken: z.boolean().default(false),
      }),
    )
    .default([]),
});

/**
 * What the `cf` emulator needs of its neighbours, in the smallest form, so that its own tests stand alone: IAS tenants
 * that answer the password grant, platform trusts, subaccounts.
 */
export const identityDouble: EmulatorDefinition = {
  id: 'identity-double',
  seed: { key: 'identityDouble', schema: seed },
  create(ctx) {
    const planted = ctx.state.collection<z.infer<typeof seed>>('identity-double/seed');
    const current = () => planted.get('seed') ?? seed.parse({});
    const zones = () => current().subaccounts.map(zone);
    const application = (host: string) => ({
      id: seedId('application', host),
      clientId: seedId('client', host),
      clientSecret: ctx.credentials.password(`SECRET_${host}`),
    });
    const trusts = () =>
      current().trusts.map(({ originKey, host, createShadowUsers }): TrustedIdentityProvider => {
        const { clientId, clientSecret } = application(host);
        return {
          originKey,
          name: originKey,
          type: 'Platform',
          host,
          relyingPartyId: clientId,
          relyingPartySecret: clientSecret,
          active: true,
          createShadowUsers,
          originKeyCfuaa: originKey,
          globalAccount: 'acme',
        };
      });
    ctx.world.provide('accounts', {
      zone: (guid) => zones().find((known) => known.guid === guid),
      zones,
      globalAccountBySubdomain: () => undefined,
      zoneBySubdomain: (subdomain) => zones().find((known) => known.subdomain === subdomain),
      subaccountByName: (_globalAccount, name) => zones().find((known) => known.displayName === name),
    });
    ctx.world.provide('trust', { identityProviders: trusts, platformIdentityProviders: trusts });
    const hosts = () => [...new Set([SAP_ID, ...current().trusts.map((trust) => trust.host)])];
    ctx.world.provide('identity', {
      tenants: () => hosts().map((host) => ({ id: host, host, default: host === SAP_ID })),
      registerApplication: application,
    });

    const app = new Hono<HostEnv>();
    app.get('/oauth2/certs', async (c) => c.json({ keys: await createTokenKeys(ctx, new URL(c.req.url).host).list() }));
    app.post('/oauth2/token', async (c) => {
      const { host } = new URL(c.req.url);
      const { params, client } = await readTokenRequest(c.req.raw);
      const { clientId, clientSecret } = application(host);
      if (client?.id !== clientId || client.secret !== clientSecret) return c.json({ error: 'invalid_client' }, 401);
      const user = current().users.find((known) => known.host === host && known.email === params.get('username'));
      if (user?.refused !== undefined) {
        return c.json({ error: 'invalid_grant', error_description: user.refused }, 401);
      }
      if (!user || params.get('password') !== ctx.credentials.password(user.password)) {
        return c.json({ error: 'invalid_grant', error_description: 'User authentication failed.' }, 401);
      }
      if (user.withoutIdToken) return c.json({ access_token: 'opaque', token_type: 'Bearer', expires_in: 3600 });
      const now = Math.floor(ctx.now() / 1000);
      const claims = { iss: `https://${host}`, aud: clientId, sub: seedId(host, user.email), iat: now, exp: now + 300 };
      const id_token = await createTokenKeys(ctx, host).sign({ ...claims, email: user.email, email_verified: true });
      return c.json({ id_token, access_token: 'opaque', token_type: 'Bearer', expires_in: 3600 });
    });
    return {
      mounts: [SAP_ID, '{tenant}.accounts.ondemand.com'].map((pattern) => mount(pattern, hosts, app)),
      async seed(part) {
        const parsed = seed.parse(part ?? {});
        planted.set('seed', parsed);
        for (const user of parsed.users) ctx.credentials.password(user.password);
      },
    };
  },
};

function zone(displayName: string): Zone {
  return {
    guid: seedId('subaccount', displayName),
    kind: 'subaccount',
    displayName,
    subdomain: `acme-${displayName}`,
    region: 'eu10',
    globalAccount: 'acme',
    authorizations: true,
  };
}

import { createHash } from 'node:crypto';
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
    .array(
      z.object({
        originKey: z.string(),
        host: z.string(),
        createShadowUsers: z.boolean().default(true),
        protocol: z.enum(['OpenID Connect', 'SAML']).default('OpenID Connect'),
        /** Answers everything with 503. */
        broken: z.boolean().default(false),
      }),
    )
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
        groups: z.array(z.string()).default([]),
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
      current().trusts.map(({ originKey, host, createShadowUsers, protocol }): TrustedIdentityProvider => {
        const { clientId, clientSecret } = application(host);
        return {
          originKey,
          name: originKey,
          type: 'Platform',
          host,
          protocol,
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
    ctx.world.provide('trust', {
      identityProviders: trusts,
      trusts: (_zone, originKey) => trusts().some((trust) => trust.originKey === originKey),
      platformIdentityProviders: trusts,
    });
    const hosts = () => [...new Set([SAP_ID, ...current().trusts.map((trust) => trust.host)])];
    ctx.world.provide('identity', {
      tenants: () => hosts().map((host) => ({ id: host, host, default: host === SAP_ID })),
      registerApplication: application,
    });

    // Codes of the sign-in page, by code: who signed in, for which request.
    const codes = new Map<string, { readonly email: string; readonly request: URLSearchParams }>();
    const idToken = (host: string, user: z.infer<typeof seed>['users'][number]) => {
      const now = Math.floor(ctx.now() / 1000);
      const { clientId: aud } = application(host);
      const claims = { iss: `https://${host}`, aud, sub: seedId(host, user.email), iat: now, exp: now + 300 };
      const more = {
        email: user.email,
        email_verified: true,
        ...(user.groups.length > 0 ? { groups: user.groups } : {}),
      };
      return createTokenKeys(ctx, host).sign({ ...claims, ...more });
    };

    const app = new Hono<HostEnv>();
    app.use('*', async (c, next) => {
      const { host } = new URL(c.req.url);
      if (current().trusts.some((trust) => trust.host === host && trust.broken)) return c.text('down', 503);
      await next();
      return undefined;
    });
    app.get('/.well-known/openid-configuration', (c) => {
      const issuer = `https://${new URL(c.req.url).host}`;
      const at = (path: string) => `${issuer}/oauth2/${path}`;
      return c.json({
        issuer,
        authorization_endpoint: at('authorize'),
        token_endpoint: at('token'),
        jwks_uri: at('certs'),
        end_session_endpoint: at('logout'),
      });
    });
    app.get('/oauth2/authorize', (c) =>
      c.html('<form method="post"><input name="j_username"><input name="j_password" type="password"></form>'),
    );
    app.post('/oauth2/authorize', async (c) => {
      const { host, searchParams: request } = new URL(c.req.url);
      const fields = new URLSearchParams(await c.req.text());
      const back = new URL(request.get('redirect_uri') ?? '');
      back.searchParams.set('state', request.get('state') ?? '');
      const user = current().users.find((known) => known.host === host && known.email === fields.get('j_username'));
      if (user && fields.get('j_password') === ctx.credentials.password(user.password)) {
        const code = ctx.id();
        codes.set(code, { email: user.email, request });
        back.searchParams.set('code', code);
      } else back.searchParams.set('error', 'access_denied');
      return c.redirect(back.href, 303);
    });
    app.get('/oauth2/logout', (c) => c.redirect(c.req.query('post_logout_redirect_uri') ?? '/', 302));
    app.get('/oauth2/certs', async (c) => c.json({ keys: await createTokenKeys(ctx, new URL(c.req.url).host).list() }));
    app.post('/oauth2/token', async (c) => {
      const { host } = new URL(c.req.url);
      const { params, client } = await readTokenRequest(c.req.raw);
      const { clientId, clientSecret } = application(host);
      if (client?.id !== clientId || client.secret !== clientSecret) return c.json({ error: 'invalid_client' }, 401);
      if (params.get('grant_type') === 'authorization_code') {
        const code = codes.get(params.get('code') ?? '');
        codes.delete(params.get('code') ?? '');
        const signedIn = current().users.find((known) => known.host === host && known.email === code?.email);
        const challenge = createHash('sha256')
          .update(params.get('code_verifier') ?? '')
          .digest('base64url');
        const sameRequest =
          challenge === code?.request.get('code_challenge') &&
          params.get('redirect_uri') === code.request.get('redirect_uri');
        if (!signedIn || !sameRequest) return c.json({ error: 'invalid_grant' }, 400);
        return c.json({ id_token: await idToken(host, signedIn), access_token: 'opaque', token_type: 'Bearer' });
      }
      const user = current().users.find((known) => known.host === host && known.email === params.get('username'));
      if (user?.refused !== undefined) {
        return c.json({ error: 'invalid_grant', error_description: user.refused }, 401);
      }
      if (!user || params.get('password') !== ctx.credentials.password(user.password)) {
        return c.json({ error: 'invalid_grant', error_description: 'User authentication failed.' }, 401);
      }
      if (user.withoutIdToken) return c.json({ access_token: 'opaque', token_type: 'Bearer', expires_in: 3600 });
      const id_token = await idToken(host, user);
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

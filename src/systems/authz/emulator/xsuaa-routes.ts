import { type Context, Hono } from 'hono';
import type { EmulatorContext, HostMount } from '../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../emulation/mount.ts';
import type { Zone } from '../../../emulation/world.ts';
import { readTokenRequest } from '../../protocols/oauth/emulator.ts';
import type { Xsuaa } from './xsuaa.ts';
import { uaaDomain, xsuaaUrl } from './xsuaa-addresses.ts';

/** XSUAA: one host per tenant, and one per region where the header `x-zid` names the tenant. */
export function mountXsuaa(ctx: EmulatorContext, xsuaa: Xsuaa): readonly HostMount[] {
  const tenants = () =>
    ctx.world
      .use('accounts')
      .zones()
      .filter((zone) => zone.authorizations);

  function zoneOf(c: Context<HostEnv>): Zone | undefined {
    const accounts = ctx.world.use('accounts');
    const { subdomain, region = '' } = c.env;
    // The header switches the tenant (R3); the query does so for the keys (R4).
    const zid = c.req.header('x-zid') ?? c.req.query('zid');
    if (zid !== undefined) {
      const zone = accounts.zone(zid);
      return zone?.authorizations && zone.region === region ? zone : undefined;
    }
    return subdomain === undefined ? undefined : accounts.zoneBySubdomain(subdomain, region);
  }

  const app = () =>
    new Hono<HostEnv>()
      .on('POST', ['/oauth/token', '/oauth/token/'], async (c) => {
        const zone = zoneOf(c);
        if (!zone) return noTenant(c);
        const answer = await xsuaa.token(zone, await readTokenRequest(c.req.raw));
        return c.json(answer.body, answer.status, { 'cache-control': 'no-store' });
      })
      .get('/token_keys', async (c) => {
        const zone = zoneOf(c);
        return zone ? c.json({ keys: await xsuaa.keys(zone).list() }) : noTenant(c);
      })
      .get('/.well-known/openid-configuration', (c) => {
        const zone = zoneOf(c);
        if (!zone) return noTenant(c);
        const base = xsuaaUrl(zone);
        return c.json({
          issuer: `${base}/oauth/token`,
          authorization_endpoint: `${base}/oauth/authorize`,
          token_endpoint: `${base}/oauth/token`,
          jwks_uri: `${base}/token_keys`,
          token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
          grant_types_supported: ['client_credentials', 'password'],
          response_types_supported: ['code', 'token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      });

  return [
    mount(
      '{subdomain}.authentication.{region}.hana.ondemand.com',
      () => tenants().map((zone) => new URL(xsuaaUrl(zone)).host),
      app(),
    ),
    mount(
      'authentication.{region}.hana.ondemand.com',
      () => [...new Set(tenants().map((zone) => uaaDomain(zone.region)))],
      app(),
    ),
  ];
}

/** xssec takes a 400 of the keys for a wrong audience (clients.md trap 8); assumed for the other routes. */
function noTenant(c: Context<HostEnv>): Response {
  return c.json({ error: 'invalid_request', error_description: 'There is no identity zone for this request.' }, 400);
}

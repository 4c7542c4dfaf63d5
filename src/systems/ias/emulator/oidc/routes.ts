import { Hono, type Context as HonoContext } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { JsonObject } from '../../../../kernel/json.ts';
import { readTokenRequest, type TokenRequest } from '../../../protocols/oauth/emulator.ts';
import { MESSAGE_CODE_HEADER } from '../../wire.ts';
import { OAuthError } from '../errors.ts';
import { tenantOf } from '../hosts.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import { type AuthenticatedClient, authenticate } from './client-authentication.ts';
import { discovery } from './discovery.ts';
import { grantToken } from './token-endpoint.ts';
import { introspect, listSessions, revoke, userInfo } from './token-information.ts';
import { signingKeys } from './token-state.ts';

type Call = HonoContext<HostEnv>;

/** Endpoints of the OpenID provider that programs call. */
export function oidcRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  /** Refusals become answers; the limit of a tenant is for all of `/oauth2` (ias e22ee47). */
  const answering = (act: (c: Call, tenant: Tenant) => Promise<Response>) => async (c: Call) => {
    const tenant = tenantOf(services, c);
    try {
      if (!(await services.oauthLimit.admit(tenant.id))) {
        throw new OAuthError(429, 'too_many_requests', 'Too many requests');
      }
      return await act(c, tenant);
    } catch (error) {
      if (error instanceof OAuthError) return refusal(error);
      throw error;
    }
  };
  /** For endpoints that clients call about tokens. */
  const asClient = (act: (tenant: Tenant, client: AuthenticatedClient, read: TokenRequest) => Promise<Response>) =>
    answering(async (c, tenant) => {
      const read = await readTokenRequest(c.req.raw);
      return act(tenant, await authenticate(services, tenant, c.req.raw, read), read);
    });

  app.post(
    '/oauth2/token',
    answering(async (c, tenant) => json(await grantToken(services, tenant, c.req.raw))),
  );
  app.post(
    '/oauth2/introspect',
    asClient(async (tenant, _client, { params }) => json(await introspect(services, tenant, params))),
  );
  app.post(
    '/oauth2/revoke',
    asClient(async (tenant, client, { params }) => {
      await revoke(services, tenant, client, params);
      return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } });
    }),
  );
  app.post(
    '/oauth2/token/list',
    asClient(async (tenant, _client, { params }) => json(await listSessions(services, tenant, params))),
  );
  app.on(
    ['GET', 'POST'],
    '/oauth2/userinfo',
    answering(async (c, tenant) => json(await userInfo(services, tenant, c.req.header('authorization')))),
  );

  app.get('/oauth2/certs', async (c) => {
    const keys = await signingKeys(services, tenantOf(services, c));
    // IAS lists plain JWKs; the PEM in `value` is UAA's.
    return c.json({ keys: keys.map(({ value: _pem, ...jwk }) => jwk) });
  });
  app.get('/.well-known/openid-configuration', (c) =>
    c.json(discovery(services, tenantOf(services, c), c.req.query('client_id') ?? c.req.query('appid'))),
  );
  return app;
}

function json(body: JsonObject | readonly unknown[]): Response {
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
  });
}

/**
 * Error body and message code both: which of them SAP sends is not documented. No challenge, which no document knows
 * (assumed): clients that see one do not look at the body.
 */
function refusal({ status, error, message, messageCode }: OAuthError): Response {
  return new Response(JSON.stringify({ error, error_description: message }), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(messageCode === undefined ? {} : { [MESSAGE_CODE_HEADER]: messageCode }),
    },
  });
}

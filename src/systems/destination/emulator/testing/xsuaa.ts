import { Hono } from 'hono';
import { decodeJwt } from 'jose';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { peerOf } from '../../../../emulation/peer.ts';
import type { AuthorizationPort } from '../../../../emulation/world.ts';
import { createTokenKeys, readTokenRequest } from '../../../protocols/oauth/emulator.ts';

type Client = Parameters<AuthorizationPort['registerClient']>[0];

export interface XsuaaDouble {
  readonly definition: EmulatorDefinition;
  /** Makes a new signing key; the old one stays listed. */
  rotateKeys(): Promise<void>;
  /** A token of a person in the zone of a subdomain, as an application gets it at a sign-in. */
  userToken(subdomain: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Tokens handed out. */
  readonly issued: () => number;
}

/** Stands in for XSUAA: client credentials for registered clients, tokens with the claims of real ones. */
export function createXsuaaDouble(): XsuaaDouble {
  let rotate = async () => {};
  let sign: XsuaaDouble['userToken'] = () => Promise.reject(new Error('not started'));
  let issued = 0;
  const definition: EmulatorDefinition = {
    id: 'xsuaa-double',
    create(ctx) {
      const keys = createTokenKeys(ctx, 'xsuaa-double');
      rotate = () => keys.rotate();
      sign = async (subdomain, claims = {}) => {
        const zone = ctx.world.use('accounts').zoneBySubdomain(subdomain, 'eu10');
        const now = Math.floor(ctx.now() / 1000);
        return keys.sign({
          iss: `https://${subdomain}.authentication.eu10.hana.ondemand.com/oauth/token`,
          zid: zone?.guid,
          cid: 'sb-app!t1',
          user_id: 'f1f0',
          user_name: 'nora@acme.example',
          email: 'nora@acme.example',
          ext_attr: { enhancer: 'XSUAA', zdn: subdomain },
          'xs.system.attributes': { 'xs.saml.groups': ['Clerks & co'] },
          iat: now,
          exp: now + 600,
          ...claims,
        });
      };
      const clients = ctx.state.collection<Client>('xsuaa-double/clients');
      ctx.world.provide('authorization', {
        roleCollections: () => [],
        roles: () => [],
        removeShadowUsers: () => undefined,
        ensureShadowUser: () => undefined,
        registerClient: (client) => clients.set(client.clientId, client),
        removeClient: ({ clientId }) => {
          clients.delete(clientId);
        },
        registerApplication: () => undefined,
      });
      const app = new Hono<HostEnv>();
      app.get('/token_keys', async (c) => c.json({ keys: await keys.list() }));
      // What it says of a user stands in the claim `profile` of the token.
      app.get('/userinfo', (c) =>
        c.json({ user_attributes: decodeJwt((c.req.header('authorization') ?? '').replace(/^bearer /i, '')).profile }),
      );
      app.post('/oauth/token', async (c) => {
        const { client: given } = await readTokenRequest(c.req.raw);
        const client = clients.get(given?.id ?? '');
        const zone = ctx.world.use('accounts').zoneBySubdomain(c.env.subdomain ?? '', c.env.region ?? '');
        const [shown] = peerOf(c.req.raw).certificates;
        const proven = client?.certificate
          ? c.env.kind === 'cert' && shown !== undefined && client.certificate.startsWith(shown.trim())
          : client?.clientSecret === given?.secret;
        if (!client || !zone || !proven)
          return c.json({ error: 'unauthorized', error_description: 'Bad credentials' }, 401);
        issued++;
        const now = Math.floor(ctx.now() / 1000);
        const access_token = await keys.sign({
          iss: `https://${zone.subdomain}.authentication.${zone.region}.hana.ondemand.com/oauth/token`,
          zid: zone.guid,
          cid: client.clientId,
          client_id: client.clientId,
          grant_type: 'client_credentials',
          sub: client.clientId,
          scope: ['uaa.resource'],
          aud: [client.clientId, 'uaa'],
          ext_attr: {
            enhancer: 'XSUAA',
            zdn: zone.subdomain,
            subaccountid: zone.guid,
            ...(client.serviceInstanceId === undefined ? {} : { serviceinstanceid: client.serviceInstanceId }),
          },
          iat: now,
          exp: now + 43_199,
          jti: ctx.id(),
        });
        return c.json({ access_token, token_type: 'bearer', expires_in: 43_199, scope: 'uaa.resource', jti: 'x' });
      });
      const hosts = (kind = '') =>
        ctx.world
          .use('accounts')
          .zones()
          .map((one) => `${one.subdomain}.authentication.${kind}${one.region}.hana.ondemand.com`);
      return {
        mounts: [
          mount('{subdomain}.authentication.{region}.hana.ondemand.com', () => hosts(), app),
          mount('{subdomain}.authentication.{kind}.{region}.hana.ondemand.com', () => hosts('cert.'), app),
        ],
        seed: async () => undefined,
      };
    },
  };
  return { definition, rotateKeys: () => rotate(), userToken: (...of) => sign(...of), issued: () => issued };
}

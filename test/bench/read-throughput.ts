import { type Ask, against, CLIENTS } from './bare-handler.ts';
import { IAS, openIdentityLandscape, UAA } from './identity-landscape.ts';
import type { Bench, Figure } from './measure.ts';

export const readThroughput: Bench = {
  name: 'read-throughput',
  about: `keys and introspection with ${CLIENTS} clients at once, against a Hono handler that gives the same answer`,
  async *run(): AsyncIterable<Figure> {
    await using open = await openIdentityLandscape({ users: 1 });
    const { fetch } = open.landscape;
    const post = (url: string, authorization: string, form: Readonly<Record<string, string>>) => () =>
      fetch(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
    const password = { grant_type: 'password', username: open.emailOf(0), password: open.password };
    const tokenOf = async (ask: Ask): Promise<string> => {
      const { access_token } = Object(await (await ask()).json());
      return String(access_token);
    };
    const basicCf = `Basic ${Buffer.from('cf:').toString('base64')}`;
    const login = { ...password, login_hint: '{"origin":"acme-platform"}' };
    const iasToken = await tokenOf(post(`${IAS}/oauth2/token`, open.application, password));
    const uaaToken = await tokenOf(post(`${UAA}/oauth/token`, basicCf, login));

    yield* against('JWKS requests/s at IAS', () => fetch(`${IAS}/oauth2/certs`));
    yield* against('JWKS requests/s at UAA', () => fetch(`${UAA}/token_keys`));
    yield* against('JWKS requests/s at XSUAA', () => fetch(`${open.serviceKey.url}/token_keys`));
    yield* against('introspections/s at IAS', post(`${IAS}/oauth2/introspect`, open.application, { token: iasToken }));
    yield* against('introspections/s at UAA', post(`${UAA}/introspect`, open.inspector, { token: uaaToken }));
  },
};

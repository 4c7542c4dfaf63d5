import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/kernel/secret.ts';
import { LOGIN, ORIGIN, ROBOT, UAA } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import type { Landscape } from '../../../src/systems/protocols/cf-v3/client.ts';
import { identityOf, logIn, renew } from '../../../src/systems/protocols/cf-v3/login.ts';
import { clientCredentialsGrant } from '../../../src/systems/protocols/oauth/client.ts';
import type { World } from '../scenarios/step.ts';
import { emulatedUaa } from './emulated.ts';
import { realUaa } from './real.ts';

/** Locum's own client at the emulated UAA and, where there is one, at the open-source one. */

const { LOCUM_UAA: address, LOCUM_UAA_SECRET: secret } = process.env;
const worlds: readonly { readonly name: string; readonly skip: boolean; start(): Promise<World> }[] = [
  { name: 'the emulated UAA', skip: false, start: emulatedUaa },
  {
    name: address && secret ? 'the open-source UAA' : 'the open-source UAA (LOCUM_UAA and LOCUM_UAA_SECRET name none)',
    skip: !address || !secret,
    start: () => realUaa(new URL(address ?? ''), secret ?? ''),
  },
];

describe.each(worlds)('at $name', ({ skip, start }) => {
  const at = async () => {
    const uaa = await start();
    const http: Landscape['http'] = async (call) => {
      const url = new URL(call.url);
      const body = call.body === undefined ? undefined : String(call.body);
      return uaa.send({
        host: url.origin === LOGIN ? 'login' : 'uaa',
        method: call.method ?? 'GET',
        path: `${url.pathname}${url.search}`,
        headers: {
          ...Object.fromEntries(new Headers(call.headers)),
          ...(call.body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(body === undefined ? {} : { body }),
      });
    };
    const links = { login: { href: LOGIN }, uaa: { href: UAA } } as Landscape['links'];
    const landscape: Landscape = { api: '', name: 'eu10-004', links, http };
    const robot = (password: string, originKey = ORIGIN) =>
      logIn(landscape, Date.now, { userName: ROBOT, password: new Secret(password), originKey });
    return { uaa, http, landscape, robot, password: uaa.names.get('robot-password') ?? '' };
  };

  test.skipIf(skip)('a technical user of an identity provider logs in, and its token is renewed', async () => {
    const { uaa, landscape, robot, password } = await at();
    await using _ = uaa;
    const outcome = await robot(password);
    if (outcome.status !== 'accepted') throw new Error(outcome.status);
    const { value: token } = outcome;
    expect(identityOf(token)).toMatchObject({ userName: ROBOT, originKey: ORIGIN });
    expect(token.scope.split(' ').sort()).toEqual([
      'cloud_controller.read',
      'cloud_controller.write',
      'openid',
      'password.write',
      'uaa.user',
    ]);
    if (!token.refresh) throw new Error('no refresh token');
    const renewed = await renew(landscape, Date.now, token.refresh);
    expect(renewed?.refresh?.reveal()).toBe(token.refresh.reveal());
    // Scopes come in another order each time.
    const { scopes, ...whose } = identityOf(token);
    expect(renewed && identityOf(renewed)).toEqual({ ...whose, scopes: expect.arrayContaining([...scopes]) });
    expect(await renew(landscape, Date.now, new Secret('gone-r'))).toBeUndefined();
  });

  test.skipIf(skip)('a wrong password and an unknown origin are refused, with what the service says', async () => {
    const { uaa, robot, password } = await at();
    await using _ = uaa;
    expect(await robot('wrong')).toMatchObject({ status: 'refused' });
    expect(await robot(password, 'nobody')).toMatchObject({ status: 'refused' });
  });

  test.skipIf(skip)('a client gets a token for itself, and none with a wrong secret', async () => {
    const { uaa, http } = await at();
    await using _ = uaa;
    const grant = (clientSecret: string) =>
      clientCredentialsGrant(http, Date.now, {
        tokenUrl: `${UAA}/oauth/token`,
        clientId: 'admin',
        clientSecret: new Secret(clientSecret),
      });
    expect((await grant(uaa.names.get('admin-secret') ?? '')).scope).toContain('scim.read');
    await expect(grant('wrong')).rejects.toThrow();
  });
});

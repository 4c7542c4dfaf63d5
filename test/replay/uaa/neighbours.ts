import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Emulators } from '../../../src/emulation/compose.ts';
import { IAS, passwordOf, ROBOT, UAA } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { createTokenKeys } from '../../../src/systems/protocols/oauth/emulator.ts';

/** The client of the scenarios that proves itself by a key. */
const JWT_CLIENT = 'locum-jwt';

/** What scenarios know of a UAA's neighbours: a user of an identity provider, its assertions, and a client with a key of its own. */
export async function neighbourNames(emulators: Emulators): Promise<Map<string, string>> {
  const relyingParty = emulators.world.use('trust').platformIdentityProviders()[0]?.relyingPartyId ?? '';
  const now = Math.floor(emulators.now() / 1000);
  const keys = createTokenKeys({ state: emulators.state, aside: (work) => work() }, IAS);
  const claims = { iss: `https://${IAS}`, sub: 'P000001', aud: relyingParty, iat: now, exp: now + 3600, email: ROBOT };
  const assertion = await keys.sign({ ...claims, email_verified: true });
  return new Map([
    ['robot-password', passwordOf(emulators, 'ROBOT_PASSWORD')],
    ['assertion', assertion],
    ['assertion-forged', `${assertion.slice(0, -8)}AAAAAAAA`],
    ['assertion-foreign', await keys.sign({ ...claims, iss: 'https://nobody.example' })],
    ['assertion-elsewhere', await keys.sign({ ...claims, aud: 'somebody-else' })],
    ['assertion-expired', await keys.sign({ ...claims, iat: now - 900, exp: now - 600 })],
    ['assertion-nameless', await keys.sign({ ...claims, email: undefined, sub: 'P000002' })],
    ...(await clientNames(now)),
  ]);
}

async function clientNames(now: number): Promise<[string, string][]> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
  const sign = (more: object) =>
    new SignJWT({
      iss: JWT_CLIENT,
      sub: JWT_CLIENT,
      aud: `${UAA}/oauth/token`,
      jti: 'one',
      iat: now,
      exp: now + 3600,
      ...more,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'own' })
      .sign(privateKey);
  return [
    ['client-keys', JSON.stringify({ keys: [jwk] })],
    ['client-assertion', await sign({})],
    ['client-assertion-elsewhere', await sign({ aud: 'https://nobody.example' })],
    ['client-assertion-foreign', await sign({ iss: 'nobody', sub: 'nobody' })],
    ['client-assertion-expired', await sign({ exp: now - 600 })],
  ];
}

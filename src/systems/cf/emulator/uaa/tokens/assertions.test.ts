import { decodeJwt, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../../emulation/compose.ts';
import { createTokenKeys } from '../../../../protocols/oauth/emulator.ts';
import { IAS, ORIGIN, postToken, ROBOT, startTestLandscape } from '../../testing/landscape.ts';
import { basicOf, errorOf, hint, robotLogin, tokenOf, unauthorized, webClient } from '../../testing/uaa.ts';

/** The grant jwt-bearer: `cf auth --assertion`. */

const ISSUER = `https://${IAS}`;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const invalid = (text: string) => [401, { error: 'invalid_token', error_description: text }];

/** An assertion as the trusted tenant signs it for its application of the platform. */
async function signed(emulators: Emulators, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const trust = emulators.world.use('trust').platformIdentityProviders()[0];
  const now = Math.floor(emulators.now() / 1000);
  const aside = <T>(work: () => Promise<T>) => work();
  return await createTokenKeys({ state: emulators.state, aside }, IAS).sign({
    iss: ISSUER,
    aud: trust?.relyingPartyId,
    sub: 'P000001',
    email: ROBOT,
    iat: now,
    exp: now + 300,
    ...claims,
  });
}

function exchange(emulators: Emulators, assertion: string | undefined, authorization?: string) {
  // The hint is sent by cf and ignored.
  const options = { hint: hint('dummy-origin'), ...(authorization === undefined ? {} : { authorization }) };
  return postToken(emulators, { grant_type: JWT_BEARER, ...(assertion === undefined ? {} : { assertion }) }, options);
}

test('an assertion of a trusted tenant is traded for a token, whatever the hint says', async () => {
  const emulators = await startTestLandscape();
  const body = await tokenOf(await exchange(emulators, await signed(emulators, { given_name: 'Ro', amr: ['pwd'] })));
  expect(decodeJwt(body.access_token)).toMatchObject({
    origin: ORIGIN,
    user_name: ROBOT,
    email: ROBOT,
    grant_type: JWT_BEARER,
    client_id: 'cf',
  });
});

describe('an assertion is refused', () => {
  test('that is missing, or none', async () => {
    const emulators = await startTestLandscape();
    expect(await errorOf(await exchange(emulators, undefined))).toEqual(unauthorized('Assertion is missing'));
    expect(await errorOf(await exchange(emulators, ''))).toEqual(unauthorized('Unable to decode expected id_token'));
    expect(await errorOf(await exchange(emulators, 'nonsense'))).toEqual(invalid('Invalid token'));
    const anonymous = new UnsecuredJWT({ sub: 'x' }).encode();
    expect(await errorOf(await exchange(emulators, anonymous))).toEqual(unauthorized('Issuer is missing in id_token'));
  });

  test('of an issuer that nobody trusts, or that two origins have', async () => {
    const again = { originKey: 'again-platform', host: 'twice.accounts.ondemand.com' };
    const emulators = await startTestLandscape({
      double: { trusts: [again, { ...again, originKey: 'other-platform' }] },
    });
    for (const iss of ['https://nobody.example', `https://${again.host}`]) {
      const assertion = new UnsecuredJWT({ iss }).encode();
      expect(await errorOf(await exchange(emulators, assertion))).toEqual(
        unauthorized(`Unable to map issuer, ${iss} , to a single registered provider`),
      );
    }
  });

  test('that is not signed by the issuer, not for this landscape, too old, or names nobody', async () => {
    const emulators = await startTestLandscape();
    const forged = `${(await signed(emulators)).slice(0, -8)}AAAAAAAA`;
    const relyingParty = emulators.world.use('trust').platformIdentityProviders()[0]?.relyingPartyId;
    for (const [assertion, expected] of [
      [forged, invalid('Could not verify token signature.')],
      [new UnsecuredJWT({ iss: ISSUER }).encode(), invalid('Could not verify token signature.')],
      [
        await signed(emulators, { aud: 'other' }),
        invalid(`Some parties were not in the token audience: ${relyingParty}`),
      ],
      [
        await signed(emulators, { exp: Math.floor(emulators.now() / 1000) - 1 }),
        invalid('Could not verify token signature.'),
      ],
      [await signed(emulators, { email: undefined }), unauthorized('Unable to map claim to a username')],
    ] as const) {
      expect(await errorOf(await exchange(emulators, assertion))).toEqual(expected);
    }
  });

  test('when the client is for users of other identity providers, which shows only after the login', async () => {
    const client = { ...webClient, grantTypes: [JWT_BEARER], allowedProviders: ['uaa'] };
    const emulators = await startTestLandscape({ cf: { uaaClients: [client] } });
    const answer = await exchange(emulators, await signed(emulators), basicOf(emulators, client));
    expect(await errorOf(answer)).toEqual([
      401,
      {
        error: 'unauthorized_client',
        error_description: "Client is not authorized for specified user's identity provider.",
      },
    ]);
  });

  test('when the client wants groups that the user does not have', async () => {
    const client = { ...webClient, grantTypes: [JWT_BEARER], requiredUserGroups: ['cloud_controller.admin'] };
    const emulators = await startTestLandscape({ cf: { uaaClients: [client] } });
    const answer = await exchange(emulators, await signed(emulators), basicOf(emulators, client));
    expect(await errorOf(answer)).toEqual([
      400,
      {
        error: 'invalid_scope',
        error_description: "User does not meet the client's required group criteria.",
      },
    ]);
  });
});

test("UAA's own token is an assertion for whichever client shows it", async () => {
  const client = { ...webClient, grantTypes: [JWT_BEARER] };
  const emulators = await startTestLandscape({ cf: { uaaClients: [client] } });
  const { access_token: own } = await tokenOf(await robotLogin(emulators));
  const elsewhere = await tokenOf(await exchange(emulators, own, basicOf(emulators, client)));
  expect(decodeJwt(elsewhere.access_token)).toMatchObject({ user_id: decodeJwt(own).user_id, client_id: 'web' });
  const again = await tokenOf(await exchange(emulators, own));
  expect(decodeJwt(again.access_token).user_id).toBe(decodeJwt(own).user_id);
  emulators.advance(3_600_000);
  expect(await errorOf(await exchange(emulators, own))).toEqual(invalid('Token has expired'));
});

test('an identity provider that is down is a failure of the login, by password and by assertion', async () => {
  const down = { originKey: 'down-platform', host: 'down.accounts.ondemand.com', broken: true };
  const emulators = await startTestLandscape({ double: { trusts: [down] } });
  const failed = [500, { error: 'server_error', error_description: 'Internal Server Error' }];
  const fields = { grant_type: 'password', username: ROBOT, password: 'x' };
  expect(await errorOf(await postToken(emulators, fields, { hint: hint(down.originKey) }))).toEqual(failed);
  const assertion = new UnsecuredJWT({ iss: `https://${down.host}` }).encode();
  expect(await errorOf(await exchange(emulators, assertion))).toEqual(failed);
});

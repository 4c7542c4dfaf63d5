import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { invalidClient } from '../errors.ts';
import type { UaaClient } from '../rows.ts';
import type { Uaa } from '../services.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Seconds that a client's clock may differ (Nimbus' default). */
const SKEW = 60;

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Whom an assertion is about, before anybody believes it. */
export function assertedClient(assertion: string): string {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(assertion);
  } catch {
    throw invalidClient('Bad client_assertion');
  }
  const { iss, sub, aud, jti, exp } = claims;
  const complete = sub !== undefined && aud !== undefined && jti !== undefined && exp !== undefined;
  if (!complete || iss !== sub) throw invalidClient('Bad credentials');
  return sub;
}

/**
 * Authentication by private_key_jwt (UAA JwtClientAuthentication): issuer and subject are the client, the audience is the
 * token endpoint. That `jti` is new is not checked there either.
 */
export async function checkClientAssertion(
  uaa: Pick<Uaa, 'ctx' | 'tokenEndpoint'>,
  client: UaaClient,
  params: URLSearchParams,
): Promise<void> {
  const assertion = params.get('client_assertion') ?? '';
  if (params.get('client_assertion_type') !== ASSERTION_TYPE) throw invalidClient('Bad client_assertion type');
  if (assertedClient(assertion) !== client.id) throw invalidClient('Wrong client_assertion');
  const { alg } = decodeProtectedHeader(assertion);
  if (alg === undefined || alg === 'none' || alg.startsWith('HS')) {
    throw invalidClient('Bad client_assertion algorithm');
  }
  const keys = await keysOf(uaa, client);
  try {
    await jwtVerify(assertion, createLocalJWKSet(keys), {
      issuer: client.id,
      subject: client.id,
      audience: uaa.tokenEndpoint,
      clockTolerance: SKEW,
      currentDate: new Date(uaa.ctx.now()),
    });
  } catch (error) {
    const refused =
      error instanceof errors.JWSSignatureVerificationFailed ||
      error instanceof errors.JWTClaimValidationFailed ||
      error instanceof errors.JWTExpired;
    throw invalidClient(refused ? 'Unauthorized client_assertion' : 'Untrusted client_assertion');
  }
}

async function keysOf({ ctx }: Pick<Uaa, 'ctx'>, { jwt }: UaaClient): Promise<JSONWebKeySet> {
  if (jwt === undefined) return { keys: [] };
  if ('keys' in jwt) return keySet.parse({ keys: jwt.keys }) as JSONWebKeySet;
  try {
    const response = await ctx.fetch(jwt.uri, { headers: { accept: 'application/json' } });
    return keySet.parse(await response.json()) as JSONWebKeySet;
  } catch {
    throw invalidClient('Bad client_assertion');
  }
}

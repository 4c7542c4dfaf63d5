import { createHash } from 'node:crypto';
import { invalidGrant, UaaError } from '../errors.ts';
import type { UaaClient } from '../rows.ts';

const TEXT = /^[\w.~-]{43,128}$/;
const METHODS = ['S256', 'plain'];

export interface Challenge {
  readonly value: string;
  readonly method: string;
}

export function isVerifier(text: string): boolean {
  return TEXT.test(text);
}

/** A challenge that is none is refused on the spot, not at the redirect address (recorded). */
export class ChallengeError extends UaaError {
  constructor(text: string) {
    super(400, 'invalid_request', text);
  }
}

/** The challenge of an authorization request (UAA PkceValidationService). */
export function challengeOf(params: URLSearchParams): Challenge | undefined {
  const value = params.get('code_challenge');
  if (value === null) return undefined;
  if (!TEXT.test(value)) {
    throw new ChallengeError(
      'Code challenge length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.',
    );
  }
  const method = params.get('code_challenge_method') ?? 'plain';
  if (!METHODS.includes(method)) {
    throw new ChallengeError(`Unsupported code challenge method. Supported: [${METHODS.join(', ')}]`);
  }
  return { value, method };
}

/** That whoever redeems a code knows what the challenge was made from. */
export function checkVerifier(client: UaaClient, challenge: Challenge | undefined, verifier: string | null): void {
  if (challenge === undefined) {
    if (verifier) throw invalidGrant('PKCE error: Code verifier not required for this authorization code.');
    return;
  }
  if (!verifier) throw invalidGrant('PKCE error: Code verifier must be provided for this authorization code.');
  if (challenge.method !== 'S256' && client.allowPublic) {
    throw invalidGrant('Public client must use code challange method S256');
  }
  const answer = challenge.method === 'S256' ? s256(verifier) : verifier;
  if (answer !== challenge.value) throw invalidGrant(`Invalid code verifier: ${verifier}`);
}

export function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

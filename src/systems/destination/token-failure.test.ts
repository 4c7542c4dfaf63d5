import { expect, test } from 'vitest';
import { readTokenFailure } from './token-failure.ts';

const told = (body: string) =>
  `Retrieval of OAuthToken failed due to: Request to the token service ended with status code 401. Response was: ${body}`;

test('reads the answer of the token service out of the text of the Destination service', () => {
  expect(readTokenFailure(told('{"error":"unauthorized","error_description":"Bad credentials"}'))).toEqual({
    status: 401,
    reason: 'unauthorized: Bad credentials',
  });
});

test('keeps what the identity provider said, which UAA relays as JSON inside the description', () => {
  const relayed = JSON.stringify({
    error: 'unauthorized',
    error_description: JSON.stringify({ error: 'invalid_grant', error_description: 'PASSWORD_LOCKED' }),
  });
  expect(readTokenFailure(told(relayed)).reason).toBe(
    'unauthorized: {"error":"invalid_grant","error_description":"PASSWORD_LOCKED"}',
  );
});

test('keeps the words of the Destination service where there is no answer to read, and never a body', () => {
  expect(readTokenFailure('Retrieval of OAuthToken failed due to: unexpected error').reason).toContain(
    'unexpected error',
  );
  expect(readTokenFailure(told('<html>secret</html>')).reason).not.toContain('secret');
});

import { createHash } from 'node:crypto';
import { sameText } from '../../protocols/oauth/emulator/secrets.ts';
import { type AuthorizationScope, SECRET_HINT_LENGTH } from '../wire.ts';
import { addMonths } from './policies.ts';
import type { Services } from './services.ts';
import type { StoredSecret } from './stored-credentials.ts';

/**
 * Secrets of an application (ias 5c3c35e) and of a system as administrator (ias bbbdbdd). SAP names no number for technical users: that it is
 * that of applications is assumed.
 */
export const MAX_SECRETS = 20;
export const MAX_SECRETS_OF_SYSTEM = 2;

/** How long a secret may live (ias 665b9e0). */
export const SECRET_LIFETIMES = { '1 year': 12, '2 years': 24, never: undefined } as const;
export type SecretLifetime = keyof typeof SECRET_LIFETIMES;

/** What secrets are made of (recorded by SAP/terraform-provider-sap-cloud-identity-services): whoever does not encode them in a form sends others. */
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:/?=[]_-';
const SECRET_LENGTH = 31;

/** When a secret of that life ends; undefined = never. */
export function endOf({ ctx }: Services, lifetime: SecretLifetime): number | undefined {
  const months = SECRET_LIFETIMES[lifetime];
  return months === undefined ? undefined : addMonths(ctx.now(), months);
}

/**
 * A new secret and its text, which nobody can read again.
 * @param expiresAt epoch milliseconds; undefined = never
 */
export function createSecret(
  { ctx }: Services,
  description: string,
  expiresAt: number | undefined,
): { readonly secret: StoredSecret; readonly text: string } {
  const text = Array.from(ctx.random(SECRET_LENGTH), (byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
  return {
    text,
    secret: {
      id: ctx.id(),
      description,
      digest: digestOf(text),
      hint: text.slice(0, SECRET_HINT_LENGTH),
      createdAt: ctx.now(),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
}

/**
 * Whether a text is one of these secrets, has not expired, and is good for what it is used for.
 * @param scope @default any: one that was given no scopes is good for all
 */
export function isCurrentSecret(
  secrets: readonly StoredSecret[] | undefined,
  text: string,
  now: number,
  scope?: AuthorizationScope,
): boolean {
  const digest = digestOf(text);
  return (secrets ?? []).some(
    ({ digest: own, expiresAt, authorizationScopes }) =>
      sameText(own, digest) &&
      (expiresAt === undefined || now < expiresAt) &&
      (scope === undefined || authorizationScopes === undefined || authorizationScopes.includes(scope)),
  );
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

import { SECRET_LIFETIMES, type SecretLifetime } from '../secrets.ts';
import { Refusal } from './refusal.ts';

/** What a form says about the life of a new secret. */
export function lifetimeOf(fields: URLSearchParams): SecretLifetime {
  const wanted = fields.get('lifetime') ?? '';
  if (!Object.hasOwn(SECRET_LIFETIMES, wanted)) throw new Refusal('Choose when the secret expires.');
  return wanted as SecretLifetime;
}

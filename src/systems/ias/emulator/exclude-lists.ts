import type { JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import type { Tenant } from './store.ts';
import { namesOf } from './user-names.ts';

/** Terms of each list at most (notes ias §1.5). */
export const MAX_EXCLUDED_TERMS = 1000;

/** @throws ScimError 400 when an address or a name holds a term that the tenant excludes */
export function refuseExcluded({ excluded }: Tenant, resource: JsonObject): void {
  if (!excluded) return;
  const name = isObject(resource.name) ? resource.name : {};
  const names = [name.givenName, name.familyName].filter((part) => typeof part === 'string');
  if (holds(excluded.emails, namesOf(resource).emails)) throw refused('emails', 'e-mail');
  if (holds(excluded.names, names)) throw refused('name', 'name');
}

/** Why the tenant refuses a password, whatever the policy says; undefined when it does not. */
export function excludedPassword({ excluded }: Tenant, password: string): string | undefined {
  return holds(excluded?.passwords, [password]) ? 'Password holds a term of the exclude list' : undefined;
}

function holds(terms: readonly string[] | undefined, texts: readonly string[]): boolean {
  return texts.some((text) => terms?.some((term) => text.toLowerCase().includes(term.toLowerCase())));
}

function refused(attribute: string, what: string): ScimError {
  return new ScimError(400, `${attribute} holds a term of the ${what} exclude list`, 'invalidValue');
}

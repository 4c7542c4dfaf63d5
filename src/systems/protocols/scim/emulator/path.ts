import { SCIM_SCHEMA } from '../wire.ts';
import { safeName } from './document.ts';
import { ScimError } from './errors.ts';

/** An attribute, as filters and PATCH paths name it: `[extension URN:]name[.sub]`; the URN alone means all of it. */
export interface AttributePath {
  /** URN of an extension; absent for core attributes. */
  readonly urn?: string;
  /** Names from the outside in; empty only when the URN alone is meant. */
  readonly names: readonly string[];
}

/** Core schemas may be written before an attribute, but have no object of their own in a resource. */
const CORE: ReadonlySet<string> = new Set([SCIM_SCHEMA.user.toLowerCase(), SCIM_SCHEMA.group.toLowerCase()]);

const NAME = /^[A-Za-z$][\w$-]*$/;

/** @param extensions URNs of the service's extension schemas: only they tell where a URN ends and a name begins */
export function parseAttributePath(text: string, extensions: readonly string[]): AttributePath {
  if (!/^urn:/i.test(text)) return { names: namesOf(text) };
  const lower = text.toLowerCase();
  const known = [...extensions, ...CORE].filter((urn) => {
    const prefix = urn.toLowerCase();
    return lower === prefix || lower.startsWith(`${prefix}:`);
  });
  const urn = known.sort((a, b) => b.length - a.length)[0];
  if (urn === undefined) throw new ScimError(400, `Attribute path ${text} is invalid`, 'invalidPath');
  const rest = text.slice(urn.length + 1);
  const core = CORE.has(urn.toLowerCase());
  if (rest === '' && core) throw new ScimError(400, `Attribute path ${text} is invalid`, 'invalidPath');
  return { ...(core ? {} : { urn }), names: rest === '' ? [] : namesOf(rest) };
}

function namesOf(text: string): string[] {
  const names = text.split('.');
  if (names.length > 2 || names.some((name) => !NAME.test(name))) {
    throw new ScimError(400, `Attribute path ${text} is invalid`, 'invalidPath');
  }
  return names.map(safeName);
}

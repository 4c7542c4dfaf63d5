import { scimRefusal, UaaError } from '../errors.ts';

/** Does something about a resource; a refusal tells its version (UAA adds the header when it reads the resource). */
export function tagging<T>({ version }: { readonly version: number }, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UaaError) error.etag = `"${version}"`;
    throw error;
  }
}

/**
 * Version that `If-Match` names, quoted or not; `*` = the current one.
 * @throws UaaError 400 when it is missing or no number
 */
export function versionOf(ifMatch: string | undefined, current: number, method: 'PUT' | 'PATCH'): number {
  if (ifMatch === undefined) throw scimRefusal(`Missing If-Match for ${method}`);
  const value = ifMatch.trim().replace(/^"+|"+$/g, '');
  if (value === '*') return current;
  if (!/^-?\d{1,9}$/.test(value)) {
    throw scimRefusal(`Invalid version match header (should be a version number): ${ifMatch}`);
  }
  return Number(value);
}

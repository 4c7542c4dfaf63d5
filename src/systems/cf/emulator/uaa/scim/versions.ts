import { scimRefusal } from '../errors.ts';

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

import { ConfigError } from '../kernel/errors.ts';
import { nearest } from '../kernel/manifest/nearest.ts';
import type { Manifest, TechnicalUser } from '../kernel/manifest/types.ts';

/** The technical user of that name, or the twins that are declared under it. */
export function usersOf(name: string, manifest: Manifest): readonly [TechnicalUser, ...TechnicalUser[]] {
  const [first, ...others] = manifest.technicalUsers.filter((user) => user.name === name || user.twin?.of === name);
  if (first) return [first, ...others];
  const names = [...new Set(manifest.technicalUsers.map((user) => user.twin?.of ?? user.name))];
  const guess = nearest(name, names);
  throw new ConfigError('ERR_CONFIG', `no technical user '${name}' in ${manifest.name}`, {
    remedy: guess === undefined ? `one of: ${names.join(', ')}` : `did you mean '${guess}'?`,
  });
}

/** The technical user of that name; of twins the first, since both may do the same. */
export function userOf(name: string, manifest: Manifest): TechnicalUser {
  return usersOf(name, manifest)[0];
}

/** Throws when no technical user, twins or credential has one of these names; vault names count too. */
export function checkNames(names: readonly string[], manifest: Manifest): void {
  const { credentials, technicalUsers } = manifest;
  const known = new Set(credentials.map(({ name }) => name));
  for (const { name } of [...technicalUsers, ...credentials]) known.add(`${manifest.name}/${name}`);
  for (const name of names) if (!known.has(name)) usersOf(name, manifest);
}

/** The technical users of these names; names of credentials that belong to no user are passed over. @param names @default all */
export function chosenUsers(names: readonly string[] | undefined, manifest: Manifest): readonly TechnicalUser[] {
  if (!names) return manifest.technicalUsers;
  checkNames(names, manifest);
  const others = new Set(manifest.credentials.flatMap(({ name }) => [name, `${manifest.name}/${name}`]));
  return names.filter((name) => !others.has(name)).flatMap((name) => usersOf(name, manifest));
}

import { ConfigError } from '../errors.ts';
import { nearest } from '../manifest/nearest.ts';
import type { OpenedSecret, Store, Vault } from '../ports.ts';

export interface Disclosure {
  /** Names in the vault, with a version or the current one. */
  readonly secrets: readonly { readonly name: string; readonly version?: number }[];
  readonly who: string;
  readonly why: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What becomes of them: `shown`, or a folder. */
  readonly to: string;
}

/**
 * Opens secrets for somebody to see. Who, why and which version are in the trail, durably, before any of them is
 * given out: a crash in between leaves an entry too many, never one too few.
 */
export async function disclose(
  { vault, trail }: Pick<Store, 'vault' | 'trail'>,
  { secrets, who, why, at, to }: Disclosure,
): Promise<readonly OpenedSecret[]> {
  const opened = await Promise.all(
    secrets.map(async ({ name, version }) => {
      const found = version === undefined ? await vault.open(name, 'current') : await vault.openVersion(name, version);
      if (found) return found;
      throw new ConfigError(
        'ERR_CONFIG_SECRET',
        `${name} has no ${version === undefined ? 'current version' : `version ${version}`}`,
        {
          remedy: `see which there are: locum secret history ${name}`,
        },
      );
    }),
  );
  for (const { version } of opened) {
    const change = { action: 'disclose', version: version.version, state: version.state, to };
    await trail.append({ at, who, why, subject: version.name, change, result: 'done' });
  }
  return opened;
}

/**
 * The name in the vault of what a user calls so: the name itself, or that of a technical user, whose password lies
 * under `<manifest>/<user>`.
 * @throws {ConfigError} `ERR_CONFIG_SECRET` when there is none, or several
 */
export async function vaultNameOf(given: string, vault: Pick<Vault, 'names'>): Promise<string> {
  const names = await vault.names();
  if (names.includes(given)) return given;
  const found = names.filter((name) => name.slice(name.indexOf('/') + 1) === given);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) {
    throw new ConfigError('ERR_CONFIG_SECRET', `'${given}' may be any of ${found.join(', ')}`, {
      remedy: 'give the whole name',
    });
  }
  const guess = nearest(given, [...names, ...names.map((name) => name.slice(name.indexOf('/') + 1))]);
  throw new ConfigError('ERR_CONFIG_SECRET', `the vault keeps nothing under '${given}'`, {
    remedy: guess === undefined ? 'see what there is: locum vault list' : `did you mean '${guess}'?`,
  });
}

import { InvariantError } from '../errors.ts';
import type { OpenedSecret, SecretVersion, Vault } from '../ports.ts';
import { changed, promotion, proposed, retirement, retirementOfAll, type StateChange } from './states.ts';

/** A vault that is gone with its process: the same rules as the database's. */
export function createMemoryVault(): Vault {
  const kept = new Map<string, readonly OpenedSecret[]>();
  const of = (name: string): readonly OpenedSecret[] => kept.get(name) ?? [];
  const versions = (name: string): SecretVersion[] => of(name).map(({ version }) => version);
  const apply = (name: string, changes: readonly StateChange[], at: number): void => {
    for (const change of changes) {
      kept.set(
        name,
        of(name).map((one) =>
          one.version.version === change.version ? { ...one, version: changed(one.version, change, at) } : one,
        ),
      );
    }
  };
  return {
    async propose(name, secret, at) {
      if (name === '') throw new InvariantError('a secret needs a name');
      const version = proposed(name, of(name).length + 1, at);
      kept.set(name, [...of(name), { version, secret }]);
      return version;
    },
    promote: async (name, version, at) => apply(name, promotion(versions(name), version, name), at),
    retire: async (name, version, at) => apply(name, retirement(versions(name), version, name), at),
    retireAll: async (name, at) => apply(name, retirementOfAll(versions(name)), at),
    open: async (name, state) => of(name).findLast(({ version }) => version.state === state),
    openVersion: async (name, number) => of(name).find(({ version }) => version.version === number),
    history: async (name) => versions(name),
    names: async () => [...kept.keys()].sort(),
    ready: async () => undefined,
    loginEnd: async () => undefined,
  };
}

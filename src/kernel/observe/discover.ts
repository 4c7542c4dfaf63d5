import { InvariantError, isNews, type LocumError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Unread } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import { selectSubaccounts, selects } from '../manifest/selector.ts';
import type { Manifest, Selector } from '../manifest/types.ts';
import type { SystemDefinition } from '../system.ts';
import type { SystemContext } from '../system-context.ts';

/** Reads the account model, with details only where the manifest points. */
export async function readInventory(
  systems: readonly SystemDefinition[],
  manifest: Manifest,
  ctx: SystemContext,
): Promise<Inventory> {
  const selectors = selectorsOf(systems, manifest);
  let soFar: Inventory | undefined;
  for (const system of systems) {
    if (!system.inventory) continue;
    ctx.log('inventory.read', { system: system.id });
    soFar = await system.inventory(
      {
        soFar,
        wanted: (subaccount, directories) => selectors.some((selector) => selects(selector, subaccount, directories)),
      },
      ctx,
    );
  }
  if (!soFar) throw new InvariantError('no slice reads the inventory');
  return soFar;
}

/** Reads the whole account model with all orgs and spaces, as far as it can be read. */
export async function readWholeInventory(
  systems: readonly SystemDefinition[],
  ctx: SystemContext,
): Promise<{ readonly inventory: Inventory; readonly unread: readonly Unread[] }> {
  const unread: Unread[] = [];
  let soFar: Inventory | undefined;
  for (const system of systems) {
    if (!system.inventory || (soFar === undefined && system !== first(systems))) continue;
    ctx.log('inventory.read', { system: system.id });
    const skip = (where: string, error: LocumError) => void unread.push(unreadOf(where, error));
    try {
      soFar = await system.inventory({ soFar, wanted: () => true, skip }, ctx);
    } catch (error) {
      if (!isNews(error)) throw error;
      skip(`inventory of ${system.id}`, error);
    }
  }
  return { inventory: soFar ?? NO_ACCOUNTS, unread };
}

const NO_ACCOUNTS: Inventory = {
  globalAccount: { guid: '', subdomain: '', displayName: '' },
  directories: [],
  subaccounts: [],
};

function first(systems: readonly SystemDefinition[]): SystemDefinition | undefined {
  return systems.find((system) => system.inventory);
}

/** What an error says about a place that could not be looked at. */
export function unreadOf(where: string, error: LocumError): Unread {
  return { where, because: error.message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}

function selectorsOf(systems: readonly SystemDefinition[], manifest: Manifest): readonly Selector[] {
  return manifest.technicalUsers.flatMap((user) => [
    ...user.grants.flatMap((grant) => grant.subaccounts ?? []),
    ...systems.flatMap((system) => system.section.selectors?.(user) ?? []),
  ]);
}

/** Grants that point nowhere: a typo in a name would otherwise grant nothing without a word. */
export function emptySelectors(manifest: Manifest, inventory: Inventory): readonly Finding[] {
  return manifest.technicalUsers.flatMap((user, index) =>
    user.grants.flatMap((grant, at) => {
      if (!grant.subaccounts || selectSubaccounts(grant.subaccounts, inventory).length > 0) return [];
      const names = inventory.subaccounts.map((subaccount) => subaccount.name).slice(0, 20);
      return [
        {
          code: 'MANIFEST_SELECTS_NOTHING',
          severity: 'error' as const,
          subject: user.name,
          because: `no subaccount of ${manifest.globalAccount} is selected`,
          remedy: `subaccounts there: ${names.join(', ') || 'none that this login may see'}`,
          at: manifest.locate(['technicalUsers', index, 'grants', at, 'subaccounts']),
        },
      ];
    }),
  );
}

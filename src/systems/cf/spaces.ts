import { LocumError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { InventoryRequest, SystemContext } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import { cloudController, type Space } from './client.ts';
import { subaccountsOf } from './copies/grammar.ts';
import { cfGrants } from './section.ts';

/** Spaces by CF API endpoint, as the inventory saw them. */
type Seen = Map<string, readonly (Space & { readonly orgName: string })[]>;

function seen(ctx: SystemContext): Promise<Seen> {
  return ctx.memo('cf/spaces', async () => new Map());
}

/** Adds the spaces of the orgs that the manifest needs: one list per landscape and fifty orgs. */
export async function inventory({ soFar, wanted, skip }: InventoryRequest, ctx: SystemContext): Promise<Inventory> {
  if (!soFar) throw new TypeError('the accounts come before Cloud Foundry');
  // Who grants nothing in Cloud Foundry needs no connection to it. Who looks for uses wants to hear that there is none.
  const concerned = ctx.manifest.technicalUsers.some((user) => cfGrants(user).length + subaccountsOf(user).length > 0);
  if (!skip && !concerned) return soFar;
  const needed = soFar.subaccounts.filter((subaccount) => subaccount.org && wanted(subaccount, soFar.directories));
  const orgs = new Map(needed.flatMap(({ org }) => (org ? [[org.guid, org]] : [])));
  const apis = new Set([...orgs.values()].map((org) => org.api));
  const kept = await seen(ctx);
  await Promise.all(
    [...apis].map(async (api) => {
      const guids = [...orgs.values()].filter((org) => org.api === api).map((org) => org.guid);
      try {
        const spaces = await (await cloudController(ctx, api)).spaces(guids);
        kept.set(
          api,
          spaces.map((space) => ({ ...space, orgName: orgs.get(space.org)?.name ?? '' })),
        );
      } catch (error) {
        if (!skip || !(error instanceof LocumError)) throw error;
        skip(`Cloud Foundry ${landscapeName(api)}`, error);
      }
    }),
  );
  return {
    ...soFar,
    subaccounts: soFar.subaccounts.map((subaccount) => {
      const { org } = subaccount;
      if (!org || !orgs.has(org.guid)) return subaccount;
      const spaces = (kept.get(org.api) ?? []).filter((space) => space.org === org.guid);
      return { ...subaccount, org: { ...org, spaces: spaces.map(({ guid, name }) => ({ guid, name })) } };
    }),
  };
}

/** Spaces of a landscape that the inventory of this engine saw; empty before it was read. */
export async function spacesOf(
  ctx: SystemContext,
  api: string,
): Promise<readonly (Space & { readonly orgName: string })[]> {
  return (await seen(ctx)).get(api) ?? [];
}

/** Names of a landscape's spaces by GUID of their org. */
export async function spacesByOrg(ctx: SystemContext, api: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const byOrg = new Map<string, string[]>();
  for (const space of await spacesOf(ctx, api)) byOrg.set(space.org, [...(byOrg.get(space.org) ?? []), space.name]);
  return byOrg;
}

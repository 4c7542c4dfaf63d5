import { InvariantError, isNews } from '../errors.ts';
import { type Identity, type Unread, USES, type Use, type Uses } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import type { Manifest, TechnicalUser } from '../manifest/types.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';
import { readWholeInventory, unreadOf } from './discover.ts';

/** Uses of an identity over all systems, with the account model that they were looked for in. */
export interface Blast extends Uses {
  readonly inventory: Inventory;
}

/** How the systems name a declared technical user. */
export function identityOf(user: TechnicalUser, manifest: Manifest): Identity {
  const provider = manifest.identityProviders.find(({ name }) => name === user.identityProvider);
  if (!provider) throw new InvariantError(`${user.name} has an identity provider that the manifest does not declare`);
  return {
    userName: user.name,
    email: user.email,
    originKey: provider.originKey,
    host: provider.host,
    user: user.name,
  };
}

/**
 * Finds every place where an identity is used, whoever put it there: all accounts are looked at, not only those that
 * the manifest names. What can't be read is told, never passed over in silence.
 */
export async function findUses(
  systems: readonly SystemDefinition[],
  identity: Identity,
  ctx: SystemContext,
): Promise<Blast> {
  const { inventory, unread } = await readWholeInventory(systems, ctx);
  const looks = await Promise.all(
    systems.map(async (system): Promise<Uses> => {
      if (!system.uses) return { found: [], unread: [] };
      ctx.log('uses.look', { system: system.id });
      try {
        return await system.uses(identity, inventory, ctx);
      } catch (error) {
        if (!isNews(error)) throw error;
        return { found: [], unread: [unreadOf(system.id, error)] };
      }
    }),
  );
  return {
    inventory,
    found: looks.flatMap((look) => look.found).sort(inOrder),
    unread: [...unread, ...looks.flatMap((look) => look.unread)],
  };
}

/** As they are taken away, and otherwise the same whatever answered first: a plan is compared with the next one. */
function inOrder(a: Use, b: Use): number {
  const kinds = USES.indexOf(a.what) - USES.indexOf(b.what);
  if (kinds !== 0) return kinds;
  const later = Number((a.after ?? []).length > 0) - Number((b.after ?? []).length > 0);
  return later || (a.address < b.address ? -1 : 1);
}

/** Looks at many places at once: one that can't be read is told and hides no other. */
export async function lookAt<P, T>(
  places: readonly P[],
  nameOf: (place: P) => string,
  look: (place: P) => Promise<readonly T[]>,
): Promise<{ readonly found: readonly T[]; readonly unread: readonly Unread[] }> {
  const looks = await Promise.all(
    places.map(async (place) => {
      try {
        return { found: await look(place), unread: [] };
      } catch (error) {
        if (!isNews(error)) throw error;
        return { found: [], unread: [unreadOf(nameOf(place), error)] };
      }
    }),
  );
  return { found: looks.flatMap((one) => one.found), unread: looks.flatMap((one) => one.unread) };
}

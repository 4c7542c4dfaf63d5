import type { Address } from '../kernel/address.ts';
import { ConfigError } from '../kernel/errors.ts';
import type { Inventory } from '../kernel/inventory.ts';
import type { Records } from '../kernel/ports.ts';
import type { Leftovers, SystemContext, SystemDefinition } from '../kernel/system.ts';

/** What was delivered somewhere and is declared no more, over all systems. */
export async function findLeft(
  systems: readonly SystemDefinition[],
  inventory: Inventory,
  ctx: SystemContext,
): Promise<Leftovers> {
  const looks = await Promise.all(systems.flatMap((system) => system.left?.(inventory, ctx) ?? []));
  return {
    extras: looks.flatMap((one) => one.extras),
    findings: looks.flatMap((one) => one.findings),
    gone: looks.flatMap((one) => one.gone),
  };
}

/** Copies of which somebody says that they are gone: nothing is looked at. */
export async function forgetCopies(
  addresses: readonly Address[],
  { records, who, why }: { readonly records: Records; readonly who: string; readonly why: string },
  ctx: SystemContext,
): Promise<void> {
  const manifest = ctx.manifest.name;
  const known = (await records.copies.of(manifest)).map(({ address }) => address);
  for (const address of addresses) {
    if (!known.includes(address)) {
      throw new ConfigError('ERR_CONFIG', `Locum remembers no copy at ${address}`, {
        remedy: known.length === 0 ? 'there is none to forget' : `it remembers: ${known.join(', ')}`,
      });
    }
    await records.copies.forget(manifest, address);
    const change = { action: 'forget' };
    await records.trail.append({ at: ctx.now(), who, why, subject: address, change, result: 'done' });
  }
}

import { type DueReport, forecast } from '../kernel/due/due.ts';
import { connectionExpiries, rotationExpiries } from '../kernel/due/secrets.ts';
import { storeExpiries } from '../kernel/due/store.ts';
import { graceExpiries } from '../kernel/lifecycle/held.ts';
import type { Store } from '../kernel/ports.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import { credentialExpiries, declaredOf } from './credentials.ts';
import { chosenUsers } from './names.ts';

export interface DueRequest {
  /** Names of technical users or credentials. @default all, and what belongs to none: connections, the store */
  readonly users?: readonly string[];
  /** Milliseconds ahead that count as soon. */
  readonly within: number;
}

/** Everything that ends by itself, over all systems, the vault and the store. */
export async function due(
  { users: names, within }: DueRequest,
  { systems, store }: { readonly systems: readonly SystemDefinition[]; readonly store: Store },
  ctx: SystemContext,
): Promise<DueReport> {
  const { manifest } = ctx;
  const users = chosenUsers(names, manifest);
  const found = await Promise.all([
    ...systems.map((system) => system.expiries?.(users, ctx) ?? []),
    rotationExpiries(users, ctx),
    credentialExpiries(declaredOf(names, manifest), { systems, store }, ctx),
    ...(names ? [] : [connectionExpiries(ctx), storeExpiries(store, manifest, ctx.now())]),
  ]);
  const graces = graceExpiries(await store.holds.of(manifest.name));
  return forecast([...found.flat(), ...graces], { now: ctx.now(), within });
}

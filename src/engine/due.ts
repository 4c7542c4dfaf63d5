import { type DueReport, type Expiry, forecast } from '../kernel/due/due.ts';
import { connectionExpiries, rotationExpiries } from '../kernel/due/secrets.ts';
import { storeExpiries } from '../kernel/due/store.ts';
import { underWayExpiry } from '../kernel/due/under-way.ts';
import { LocumError, orNews } from '../kernel/errors.ts';
import { graceExpiries } from '../kernel/lifecycle/held.ts';
import type { Store } from '../kernel/ports.ts';
import { type Rotation, readRotation } from '../kernel/rotate/record.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import { credentialExpiries, declaredOf } from './credentials.ts';
import { chosenUsers } from './names.ts';
import { tasksOf } from './rotation-tasks.ts';

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
  const declared = declaredOf(names, manifest);
  const found = await Promise.all([
    ...systems.map((system) => system.expiries?.(users, ctx) ?? []),
    rotationExpiries(users, ctx),
    credentialExpiries(declared, { systems }, ctx),
    underWay(names && [...users, ...declared].map(({ name }) => name), { systems, store }, ctx),
    ...(names ? [] : [connectionExpiries(ctx), storeExpiries(store, manifest, ctx.now())]),
  ]);
  const graces = graceExpiries(await store.holds.of(manifest.name));
  return forecast([...found.flat(), ...graces], { now: ctx.now(), within });
}

/** Rotations that were begun and did not end. Who lacks the new secret is looked up only where there is one. */
async function underWay(
  names: readonly string[] | undefined,
  { systems, store }: { readonly systems: readonly SystemDefinition[]; readonly store: Store },
  ctx: SystemContext,
): Promise<readonly Expiry[]> {
  const { name: manifest } = ctx.manifest;
  const userOf = ({ credential }: Rotation) => credential.slice(manifest.length + 1);
  const open = (await store.rotations.open(manifest))
    .map(readRotation)
    .filter((rotation) => !names || names.includes(userOf(rotation)));
  if (open.length === 0) return [];
  const holder = (await store.leases.held(ctx.now())).find(({ name }) => name === `run/${manifest}`)?.holder;
  const delivering = open.filter(({ record }) => record.phase === 'deliver');
  const lacking =
    delivering.length === 0 ? new Map<string, readonly string[]>() : await lackingIn(delivering, systems, store, ctx);
  return open.map((rotation) =>
    underWayExpiry(
      {
        rotation,
        user: userOf(rotation),
        lacking:
          typeof lacking === 'string' ? lacking : (lacking.get(rotation.id) ?? 'the manifest declares it no more'),
        ...(holder === undefined ? {} : { atWork: holder }),
      },
      ctx.now(),
    ),
  );
}

/** By rotation the consumers that have not got the new secret, or why they can't be looked at. */
async function lackingIn(
  open: readonly Rotation[],
  systems: readonly SystemDefinition[],
  store: Store,
  ctx: SystemContext,
): Promise<ReadonlyMap<string, readonly string[]> | string> {
  const looked = await orNews(async () => {
    const names = open.map(({ credential }) => credential);
    const tasks = await tasksOf({ names, underWay: true }, { systems, open, records: store, ctx });
    return new Map(
      tasks.flatMap(({ open: rotation, preview: { consumers } }) => {
        if (!rotation) return [];
        const { deliveries } = rotation.record;
        const without = consumers.filter(
          ({ ours, address }) => ours && (deliveries[address]?.state ?? 'failed') === 'failed',
        );
        return [[rotation.id, without.map(({ title }) => title)] as const];
      }),
    );
  });
  return looked instanceof LocumError ? looked.message : looked;
}

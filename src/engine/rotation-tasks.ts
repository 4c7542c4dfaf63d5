import { findingOf } from '../kernel/lifecycle/held.ts';
import { readWholeInventory } from '../kernel/observe/discover.ts';
import type { Records } from '../kernel/ports.ts';
import { isDue } from '../kernel/rotate/due.ts';
import { preflight } from '../kernel/rotate/preflight.ts';
import { type Rotation, readRotation, unprovenOf } from '../kernel/rotate/record.ts';
import { type Surveyed, survey } from '../kernel/rotate/survey.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import { checkNames } from './names.ts';
import { previewOf, type RotateOptions, type RotationPreview } from './rotation-report.ts';

/** Something to do: a rotation that goes on, or one that would begin. */
export interface Task {
  readonly surveyed: Surveyed;
  readonly open?: Rotation;
  readonly preview: RotationPreview;
}

interface TasksInput {
  readonly systems: readonly SystemDefinition[];
  readonly open: readonly Rotation[];
  readonly records: Pick<Records, 'rotations' | 'holds'>;
  readonly ctx: SystemContext;
}

/** What there is to do, looked at as far as it takes to judge it; nothing is changed. */
export async function tasksOf(
  options: Omit<RotateOptions, 'why'>,
  { systems, open, records, ctx }: TasksInput,
): Promise<readonly Task[]> {
  const { names, due = false, underWay = false, compromised = false, accept = [] } = options;
  if (underWay && open.length === 0) return [];
  const holds = await records.holds.of(ctx.manifest.name);
  ctx.log('rotation.looking', {});
  const openByName = new Map(open.map((rotation) => [rotation.credential, rotation]));
  const surveyed = await survey({
    systems,
    ...(await readWholeInventory(systems, ctx)),
    ctx,
    ...(names && names.length > 0 ? { names } : {}),
    open: new Set(openByName.keys()),
    compromised,
  });
  const all = await Promise.all(
    surveyed.map(async (found): Promise<Task | undefined> => {
      const [last] = await records.rotations.history(found.credential.vaultName, 1);
      const one = last ? { ...found, doubtful: unprovenOf(readRotation(last).record) } : found;
      const goesOn = openByName.get(one.credential.vaultName);
      const held = holds.find(({ subject }) => subject === one.credential.user);
      // Nothing else is to be said: whoever is held can prove no secret, and what a preflight advises would not help.
      const heldBack = held && [{ ...findingOf(held), severity: 'error' as const }];
      if (goesOn) return { surveyed: one, open: goesOn, preview: previewOf(one, heldBack ?? [], [], goesOn) };
      if (options.abort || underWay || (due && !isDue(one, ctx.manifest, ctx.now()))) return undefined;
      if (heldBack) return { surveyed: one, preview: previewOf(one, heldBack, []) };
      return { surveyed: one, preview: previewOf(one, await preflight(one, { compromised }, ctx), accept) };
    }),
  );
  return all.filter((task) => task !== undefined);
}

/** What would be rotated; no rotation has its turn, and nothing is remembered. */
export async function previewRotations(
  options: Pick<RotateOptions, 'names' | 'due' | 'underWay' | 'compromised' | 'accept'>,
  { systems, store }: { readonly systems: readonly SystemDefinition[]; readonly store: Records },
  ctx: SystemContext,
): Promise<readonly RotationPreview[]> {
  checkNames(options.names ?? [], ctx.manifest);
  await ctx.vault.ready();
  const open = (await store.rotations.open(ctx.manifest.name)).map(readRotation);
  return (await tasksOf(options, { systems, open, records: store, ctx })).map(({ preview }) => preview);
}

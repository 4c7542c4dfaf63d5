import type { Identity, Stop, Unread, Use } from '../identity.ts';
import { canonicalJson, type Json } from '../json.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import type { Hold } from '../ports.ts';
import type { StepReport } from '../run/execute.ts';
import type { Extra } from '../system.ts';
import { lifecyclePlan } from './lifecycle-plan.ts';
import { removalSteps, returnSteps, USER_PATH } from './removal.ts';

/** What a hold remembers of a freeze: enough to put back exactly what was taken. */
export interface FreezeRecord {
  readonly identity: Identity;
  /** Roles that were taken. */
  readonly taken: readonly Use[];
  /** What else was ended and can be put back. */
  readonly ended: readonly Stop[];
  /** Titles of what was ended for good, such as tokens: nobody gets new ones before the logon is back. */
  readonly over: readonly string[];
}

/** A part of a freeze, and whether it is done. */
export interface Part {
  readonly title: string;
  /** `open`: it still works for whoever has the credential; `unknown`: nobody could tell. */
  readonly state: 'frozen' | 'open' | 'unknown';
  readonly because?: string;
  readonly remedy?: string;
}

export function recordOf(hold: Hold | undefined): FreezeRecord | undefined {
  const { identity, taken, ended, over = [] } = (hold?.record ?? {}) as Partial<FreezeRecord>;
  return identity && taken && ended && { identity, taken, ended, over };
}

/** Adds what this freeze takes to what an earlier one took: a thaw puts all of it back. */
export function remembering(
  identity: Identity,
  before: FreezeRecord | undefined,
  taken: readonly Use[],
  ended: readonly Stop[],
  over: readonly string[] = [],
): FreezeRecord {
  const merged = <T extends { readonly address: string }>(old: readonly T[], fresh: readonly T[]): readonly T[] => {
    const known = new Set(old.map((one) => one.address));
    return [...old, ...fresh.filter((one) => !known.has(one.address))];
  };
  return {
    identity,
    taken: merged(before?.taken ?? [], taken),
    // What the first freeze found is what was there; a second one finds it ended already.
    ended: merged(
      before?.ended ?? [],
      ended.filter((stop) => stop.undo !== undefined),
    ),
    over: [...new Set([...(before?.over ?? []), ...over])],
  };
}

/** Whether a stop finds nothing to do: what a thaw would put back is how it is after the stop. */
function isStopped({ props, undo }: Stop): boolean {
  return undo !== undefined && canonicalJson(props) === canonicalJson(undo);
}

/** Titles of what an earlier freeze ended for good; none once the logon was given back meanwhile. */
export function stillOver(before: FreezeRecord | undefined, logons: readonly Stop[]): ReadonlySet<string> {
  return new Set(logons.length > 0 && logons.every(isStopped) ? before?.over : []);
}

interface Occasion {
  readonly manifest: { readonly name: string; readonly globalAccount: string };
  readonly now: number;
  readonly user: string;
}

/** A plan of stops, each for itself: one that fails keeps none of the others from being tried. Pure. */
export function stopPlan(stops: readonly Stop[], roles: readonly Use[], { user, ...occasion }: Occasion): Plan {
  const steps = [...stops.map((stop) => stopStep(stop, user)), ...removalSteps(roles, user)];
  return lifecyclePlan({ ...occasion, steps, findings: [], maxRemovals: steps.length, about: { freeze: user } });
}

/** What puts back what a freeze took, without what is back already. Pure. */
export function thawPlan(record: FreezeRecord, there: ReadonlySet<string>, { user, ...occasion }: Occasion): Plan {
  const steps = [
    ...record.ended.map((stop) => undoStep(stop, user)),
    ...returnSteps(
      record.taken.filter((use) => !there.has(use.address)),
      user,
    ),
  ];
  return lifecyclePlan({ ...occasion, steps, findings: [], maxRemovals: 0, about: { thaw: user } });
}

function stopStep({ type, address, action, title, props }: Stop, user: string): PlanStep {
  const side = action === 'delete' ? { before: props } : { after: props };
  const changes = [
    { path: '', ...side },
    { path: USER_PATH, before: user },
  ];
  return { type, address, action, changes, because: title, user, needs: [] };
}

function undoStep({ type, address, title, undo }: Stop, user: string): PlanStep {
  const changes = [
    { path: '', after: undo ?? null },
    { path: USER_PATH, after: user },
  ];
  return { type, address, action: 'update', changes, because: title, user, needs: [] };
}

/** Stops as the executor takes them. */
export function extrasOfStops(stops: readonly Stop[], user: string, props: (stop: Stop) => Json): readonly Extra[] {
  return stops.map((stop) => ({
    type: stop.type,
    address: stop.address,
    scope: stop.scope,
    removable: true,
    props: props(stop),
    user,
  }));
}

export function partOfStep(title: string, step: StepReport | undefined): Part {
  if (step?.result === 'done' || step?.result === 'found') return { title, state: 'frozen' };
  return {
    title,
    state: step?.result === 'unknown' ? 'unknown' : 'open',
    ...(step?.because === undefined ? {} : { because: step.because }),
    ...(step?.remedy === undefined ? {} : { remedy: step.remedy }),
  };
}

export function partOfUnread({ where, because, remedy }: Unread): Part {
  return { title: where, state: 'unknown', because, ...(remedy === undefined ? {} : { remedy }) };
}

/** A role that must stay: the last administrator of an account. */
export function partOfKept({ title, because = 'it can not be removed' }: Use): Part {
  return { title, state: 'open', because, remedy: 'give it to somebody else, then freeze again' };
}

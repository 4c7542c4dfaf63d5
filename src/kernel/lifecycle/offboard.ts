import type { Finding } from '../finding.ts';
import type { Identity, Unread, Use, Uses } from '../identity.ts';
import type { OffboardOptions, Plan } from '../plan/plan.ts';
import { lifecycleFindings } from './findings.ts';
import { lifecyclePlan } from './lifecycle-plan.ts';
import { removalSteps } from './removal.ts';

export const DEFAULT_OFFBOARD_OPTIONS: Omit<OffboardOptions, 'name'> = {
  keepIas: false,
  keepShadowUsers: false,
  leaveForeign: false,
  leaveUnread: false,
  maxRemovals: 100,
};

/** Somebody who goes: the technical user, or one of twins that go together. */
export interface Leaver {
  /** Name of the technical user. */
  readonly name: string;
  readonly identity: Identity;
  /** Everything that it holds or is named in. */
  readonly uses: Uses;
  /** Whether the manifest still declares it. */
  readonly declared: boolean;
}

export interface OffboardInput {
  readonly leavers: readonly Leaver[];
  readonly options: OffboardOptions;
  readonly manifest: { readonly name: string; readonly globalAccount: string };
  readonly now: number;
}

/** Everything that has to go so that a technical user, or twins together, are gone. Pure. */
export function offboardPlan({ leavers, options, manifest, now }: OffboardInput): Plan {
  const parts = leavers.map((leaver) => partOf(leaver, options));
  const plan = lifecyclePlan({
    manifest,
    now,
    steps: parts.flatMap(({ steps }) => steps),
    findings: parts.flatMap(({ findings }) => findings),
    maxRemovals: options.maxRemovals,
    about: { identities: leavers.map(({ identity }) => ({ ...identity })), options: { ...options } },
  });
  return { ...plan, offboard: options };
}

function partOf({ name, uses, declared }: Leaver, options: OffboardOptions) {
  const concerned = uses.found.filter((use) => !isKept(use, options));
  const foreign = concerned.filter((use) => use.what === 'credential' && !use.removable);
  const stuck = concerned.filter((use) => use.what !== 'credential' && !use.removable);
  const findings = [
    ...foreign.map((use) => foreignUse(use, name, options.leaveForeign)),
    ...stuck.map(notRemovable),
    ...uses.unread.map((place) => unreadPlace(place, name, options.leaveUnread || place.unlikely === true)),
    ...(declared ? [stillDeclared(name)] : []),
  ];
  const removed = concerned.filter((use) => use.removable);
  return { steps: removalSteps(removed, name), findings };
}

function isKept(use: Use, { keepIas, keepShadowUsers }: OffboardOptions): boolean {
  if (keepIas && (use.what === 'account' || use.what === 'secret')) return true;
  return keepShadowUsers && use.what === 'shadow-user';
}

function foreignUse(use: Use, name: string, accepted: boolean): Finding {
  return {
    code: lifecycleFindings.foreignUse.code,
    severity: accepted ? 'warning' : 'error',
    subject: use.address,
    because: use.ours
      ? `${use.title} holds the secret of ${name}: ${use.because ?? 'it stays there'}`
      : `${use.title} logs in as ${name} and is not ours: it will fail`,
    remedy: use.ours
      ? 'remove it by hand, or accept that with --leave-foreign'
      : 'give it another user, or accept that with --leave-foreign',
  };
}

function notRemovable(use: Use): Finding {
  return {
    code: lifecycleFindings.kept.code,
    severity: 'error',
    subject: use.address,
    because: `${use.title} can't be removed: ${use.because ?? 'unknown why'}`,
    remedy:
      use.what === 'account'
        ? 'delete it by hand if it is to go, and offboard with --keep-ias'
        : 'give it to somebody else first, then offboard again',
  };
}

function unreadPlace({ where, because, remedy }: Unread, name: string, accepted: boolean): Finding {
  return {
    code: lifecycleFindings.unread.code,
    severity: accepted ? 'warning' : 'error',
    subject: name,
    because: `${where} could not be looked at: ${because}`,
    remedy: `${remedy ?? 'mend the access'}, or accept what may be left there with --leave-unread`,
  };
}

function stillDeclared(name: string): Finding {
  return {
    code: lifecycleFindings.declared.code,
    severity: 'warning',
    subject: name,
    because: 'the manifest declares it; apply will leave it alone from now on',
    remedy: 'remove its entry from the manifest afterwards',
  };
}

import type { Finding } from '../kernel/finding.ts';
import type { Store } from '../kernel/ports.ts';
import type { Outcome } from '../kernel/rotate/advance.ts';
import type { Person, PersonTask } from '../kernel/rotate/person.ts';
import {
  type Phase,
  type Rotation,
  type RotationRecord,
  readRotation,
  type Strategy,
} from '../kernel/rotate/record.ts';
import type { RotationStep } from '../kernel/rotate/saga.ts';
import type { Surveyed } from '../kernel/rotate/survey.ts';

/** What a rotation would do. */
export interface RotationPreview {
  readonly user: string;
  readonly credential: string;
  readonly strategy: Strategy;
  /** Set when one that was interrupted goes on. */
  readonly resumes?: string;
  /** Where the one that goes on is. */
  readonly phase?: Phase;
  /** Epoch milliseconds; while caches are waited for. */
  readonly settleUntil?: number;
  /** So long a consumer may go on using what it held before, in milliseconds: caches. */
  readonly staleMs: number;
  readonly consumers: readonly { readonly title: string; readonly address: string; readonly ours: boolean }[];
  readonly findings: readonly Finding[];
  /** Whether an error finding gates it. */
  readonly gated: boolean;
}

export interface RotationReport extends RotationPreview {
  readonly outcome: Outcome | 'refused' | 'cancelled';
  readonly steps: readonly RotationStep[];
  readonly deliveries: RotationRecord['deliveries'];
  /** In place: milliseconds from the end of the old secret to the last delivery. */
  readonly gapMs?: number;
  /** While waiting: what a person has to do. */
  readonly task?: PersonTask;
}

/** What a rotation would do; findings that are accepted do not gate. Pure. */
export function previewOf(
  { credential, places, strategy }: Surveyed,
  findings: readonly Finding[],
  accept: readonly string[],
  open?: Rotation,
): RotationPreview {
  const judged = findings.map((finding) =>
    accept.includes(finding.code) && finding.severity === 'error'
      ? { ...finding, severity: 'warning' as const }
      : finding,
  );
  return {
    user: credential.user,
    credential: credential.vaultName,
    strategy: open?.record.strategy ?? strategy,
    ...(open ? { resumes: open.id, ...whereIs(open.record) } : {}),
    consumers: places.map(({ consumer: { title, address, ours } }) => ({ title, address, ours })),
    staleMs: Math.max(0, ...places.map(({ consumer: { ours, staleMs } }) => (ours ? staleMs : 0))),
    findings: judged,
    gated: judged.some(({ severity }) => severity === 'error'),
  };
}

function whereIs({ phase, settleUntil }: RotationRecord): Pick<RotationPreview, 'phase' | 'settleUntil'> {
  return {
    phase,
    ...((phase === 'settle' || phase === 'roll back') && settleUntil !== undefined ? { settleUntil } : {}),
  };
}

/** Whether it goes on by itself when caches are over. Pure. */
export function waitsForCaches({ outcome }: Pick<RotationReport, 'outcome'>): boolean {
  return outcome === 'settling' || outcome === 'going back';
}

/** Steps of a rotation before and after the wait are those of one rotation. */
export function joined(before: RotationReport | undefined, after: RotationReport): RotationReport {
  if (!before) return after;
  const { resumes: _resumes, ...rest } = after;
  return { ...rest, findings: [...before.findings, ...after.findings], steps: [...before.steps, ...after.steps] };
}

/** What was waited for and is not under way any more: another process has ended it. */
export async function endedElsewhere(
  { names = [] }: RotateOptions,
  reports: ReadonlyMap<string, RotationReport>,
  made: readonly RotationReport[],
  store: Store,
): Promise<readonly RotationReport[]> {
  const waited = [...reports.values()].filter((report) => waitsForCaches(report) && names.includes(report.credential));
  const gone = waited.filter((one) => !made.some(({ credential }) => credential === one.credential));
  return Promise.all(
    gone.map(async ({ settleUntil: _until, ...report }) => {
      const [last] = await store.rotations.history(report.credential, 1);
      const back = last !== undefined && readRotation(last).record.phase === 'rolled back';
      return { ...report, outcome: back ? 'rolled back' : 'done', findings: [], steps: [] };
    }),
  );
}

export interface RotateOptions {
  /** Names of technical users, twins or credentials. @default all */
  readonly names?: readonly string[];
  /** Only those whose time has come. @default false */
  readonly due?: boolean;
  /** Only those that were begun and did not end. @default false */
  readonly underWay?: boolean;
  readonly why: string;
  /** It leaked: it ends first, with its tokens; minimum ages and caches are not waited for. @default false */
  readonly compromised?: boolean;
  /** Codes of findings that shall not gate. @default [] */
  readonly accept?: readonly string[];
  /** Gives up open rotations where there is a way back. @default false */
  readonly abort?: boolean;
  /** Waits until caches are over and retires the old secrets; else a later call does. @default true */
  readonly wait?: boolean;
  /** Who does at a console what no API can do. @default nobody: the rotation waits */
  readonly person?: Person;
  /** Asked before anything is sent. @default yes */
  readonly confirm?: (previews: readonly RotationPreview[]) => Promise<boolean>;
}

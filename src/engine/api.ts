import type { Context } from '../kernel/context.ts';
import type { DoctorReport } from '../kernel/doctor/doctor.ts';
import type { DueReport } from '../kernel/due/due.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Uses } from '../kernel/identity.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Overview } from '../kernel/lifecycle/migrate.ts';
import type { Plan, PlanOptions } from '../kernel/plan/plan.ts';
import type { Store } from '../kernel/ports.ts';
import type { GuardedSession, SystemDefinition, Token } from '../kernel/system.ts';
import type { ApplyOptions, ApplyReport } from './apply.ts';
import type { DueRequest } from './due.ts';
import type { FreezeReport, FreezeRequest } from './lifecycle/freeze.ts';
import type {
  FinishReport,
  FinishRequest,
  MigrateReport,
  MigrateRequest,
  MigrationSubject,
} from './lifecycle/migrate.ts';
import type { OffboardReport, OffboardRequest } from './lifecycle/offboard.ts';
import type { ThawReport, ThawRequest } from './lifecycle/thaw.ts';
import type { RotateOptions, RotationPreview, RotationReport } from './rotation-report.ts';

/** Something that happened, for a progress display or a log: names and numbers, never bodies or secrets. */
export interface EngineEvent {
  readonly event: string;
  readonly fields: JsonObject;
}

/** What an engine works with. */
export interface EngineOptions {
  /** Path of the manifest. */
  readonly manifest: string;
  readonly store: Store;
  /** @default the real world: system clock and network */
  readonly context?: Context;
  /** Looks up `env:` references. @default none are set */
  readonly env?: (name: string) => string | undefined;
  /** Who acts, for journal and trail. */
  readonly who: string;
  readonly onEvent?: (event: EngineEvent) => void;
  /** Goes through a wait of minutes, between two commands: nothing of the store is in use meanwhile. @default only waits */
  readonly rest?: (wait: () => Promise<void>) => Promise<void>;
  /** @default all slices */
  readonly systems?: readonly SystemDefinition[];
}

/** The library behind every command. What fails is thrown as a `LocumError`, by its class and code (docs/errors.md). */
export interface Engine {
  plan(options?: Partial<PlanOptions>): Promise<Plan>;
  apply(options: ApplyOptions): Promise<ApplyReport>;
  /** @param options.users names of technical users. @default all */
  doctor(options?: { readonly users?: readonly string[] }): Promise<DoctorReport>;
  lint(): Promise<readonly Finding[]>;
  /** Replaces credentials everywhere, or goes on with rotations that were interrupted. */
  rotate(options: RotateOptions): Promise<readonly RotationReport[]>;
  /** What `rotate` would do with these options, and what stands against it. Nothing is sent, and no other command is kept waiting. */
  previewRotations(
    options?: Pick<RotateOptions, 'names' | 'due' | 'underWay' | 'compromised' | 'accept'>,
  ): Promise<readonly RotationPreview[]>;
  /** Ends a lock after failed logins. Gives the names of the users that were unlocked. */
  unlock(user: string): Promise<readonly string[]>;
  /** What ends by itself, and when: passwords, users, keys with certificates, what is to be rotated, the vault's own key. */
  due(request: DueRequest): Promise<DueReport>;
  /** Every place where a technical user is used, declared or not, and what could not be looked at. */
  uses(user: string): Promise<Uses>;
  /** What it takes to remove a technical user everywhere. */
  planOffboard(request: Omit<OffboardRequest, 'why' | 'plan' | 'confirm'>): Promise<Plan>;
  offboard(request: OffboardRequest): Promise<OffboardReport>;
  /** The kill switch: no logon, no roles, no tokens, and apply leaves it alone until it is thawed. */
  freeze(request: FreezeRequest): Promise<FreezeReport>;
  thaw(request: ThawRequest): Promise<ThawReport>;
  /** What a person's user is used for today, and the technical user that could replace it. */
  surveyMigration(request: MigrationSubject): Promise<Overview>;
  /** Makes the successor, proves it, and gives it the predecessor's destinations. */
  migrate(request: MigrateRequest): Promise<MigrateReport>;
  /** Takes the rights of the predecessor, once its grace is over. */
  finishMigration(request: FinishRequest): Promise<FinishReport>;
  /** A token for a technical user, as `cf login` would get it; `target` names a CF landscape or subaccount. */
  token(user: string, target?: string): Promise<Token>;
  /** What a command needs to be logged in as the technical user. */
  session(user: string, target?: string): Promise<GuardedSession>;
}

import type { Address } from '../address.ts';
import { InvariantError, isNews, type LocumError, RemoteError, RunError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Records, StepResult } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { SystemContext } from '../system.ts';
import type { Delivery } from './consumer.ts';
import type { Credential, CredentialState } from './credential.ts';
import type { Job } from './job.ts';
import type { Person, PersonTask } from './person.ts';
import type { Rotation, RotationRecord } from './record.ts';
import { stateOf } from './survey.ts';

/** One step that a rotation made, for progress and report. */
export interface RotationStep {
  readonly step: string;
  readonly address: Address;
  readonly result: StepResult;
  readonly because?: string;
}

/** What an effect came to. */
interface Effect {
  /** @default 'done' */
  readonly result?: 'done' | 'found';
  readonly detail: JsonObject;
}

export interface SagaInput extends Job {
  /** As it was when it was read; what it is now tells {@link Saga.record}. */
  readonly rotation: Rotation;
  /** Id of the run of the journal. */
  readonly run: string;
  readonly records: Records;
  readonly person: Person;
  readonly ctx: SystemContext;
}

/** A rotation under way: its record, what it works on, and how its steps are journaled. */
export interface Saga extends SagaInput {
  readonly steps: readonly RotationStep[];
  readonly findings: readonly Finding[];
  record(): RotationRecord;
  /** Changes the record; durable when it returns. */
  update(changes: Partial<RotationRecord>): Promise<void>;
  /**
   * Makes one step: its intent is journaled before the effect, its result after it. A LocumError of the effect is its result,
   * and is thrown on; after anything else the intent stays open, as after a crash.
   */
  step(name: string, address: Address, effect: () => Promise<Effect>): Promise<void>;
  tell(finding: Finding): void;
  /** What a person has to do before it goes on. */
  waitFor(task: PersonTask): void;
  waitsFor(): PersonTask | undefined;
  /** Reads the state now. @param of @default the credential that gets a new secret */
  inspect(of?: Credential): Promise<CredentialState>;
  /** The secret that the rotation makes, or another version. */
  minted(of?: Credential, version?: number): Promise<Secret>;
  /** What the consumers shall get. */
  delivery(): Promise<Delivery>;
}

export function createSaga(input: SagaInput): Saga {
  const { credential, kind, run, records, ctx } = input;
  const { journal, vault, rotations } = records;
  let { record } = input.rotation;
  const steps: RotationStep[] = [];
  const findings: Finding[] = [];
  let waiting: PersonTask | undefined;
  // Deliveries run side by side, and each writes the whole record.
  let saved: Promise<void> = Promise.resolve();

  async function complete(name: string, address: Address, result: StepResult, detail: JsonObject, bad?: LocumError) {
    await journal.complete(run, address, result, detail, ctx.now());
    ctx.log(`step.${result}`, { address, action: name, ...(bad ? { because: bad.message } : {}) });
    steps.push({ step: name, address, result, ...(bad ? { because: bad.message } : {}) });
  }

  const saga: Saga = {
    ...input,
    steps,
    findings,
    record: () => record,
    async update(changes) {
      record = { ...record, ...changes };
      const { record: _before, ...rotation } = input.rotation;
      const stored = { ...rotation, record: record as Json };
      saved = saved.then(() => rotations.save(stored));
      await saved;
    },
    async step(name, address, effect) {
      const change = { rotation: input.rotation.id, step: name };
      await journal.intend(run, { address, action: 'update', change }, ctx.now());
      ctx.log('step.started', { address, action: name });
      try {
        const { result = 'done', detail } = await effect();
        await complete(name, address, result, detail);
      } catch (error) {
        if (!isNews(error) || error instanceof RunError) throw error;
        const unknown = error instanceof RemoteError && error.outcome === 'unknown';
        await complete(name, address, unknown ? 'unknown' : 'failed', { code: error.code }, error);
        throw error;
      }
    },
    tell: (finding) => findings.push(finding),
    waitFor(task) {
      waiting = task;
    },
    waitsFor: () => waiting,
    inspect: (of = credential) => stateOf(kind, of, ctx),
    async minted({ vaultName } = credential, version = record.to) {
      const found = version === undefined ? undefined : await vault.openVersion(vaultName, version);
      if (!found || found.version.state === 'retired') {
        throw new InvariantError(`the vault has no version ${version} of ${vaultName}`);
      }
      return found.secret;
    },
    delivery: async () => ({ credential, secret: await saga.minted(), version: record.to ?? 0 }),
  };
  return saga;
}

/** A rotation that can't go on now, but later; nothing is lost. */
export class Stopped extends RunError {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super('ERR_RUN_FAILED', finding.because, { remedy: finding.remedy });
    this.finding = finding;
  }
}

/** A person has to do something first; nothing is lost, and the next call goes on. */
export class Waiting extends RunError {
  readonly task: PersonTask;

  constructor(task: PersonTask) {
    super('ERR_RUN_FAILED', `it waits for a person to ${task.title}`);
    this.task = task;
  }
}

/** The consumers can't go over: everything goes back to the old secret, which is still valid. */
export class RollBack extends RunError {
  constructor(because: string) {
    super('ERR_RUN_FAILED', because);
  }
}

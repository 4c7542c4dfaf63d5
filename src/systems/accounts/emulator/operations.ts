import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { AccountsStore, Operation } from './store.ts';

const SECOND = 1000;
/** From a forced deletion to the end of the subaccount. */
export const FORCED_DELETION_MS = 7 * 24 * 60 * 60 * SECOND;

interface Stage {
  /** Milliseconds after the beginning at which the stage ends. */
  readonly until: number;
  readonly state: 'CREATING' | 'UPDATING' | 'DELETING';
  readonly message: string;
}

// What `get` answered when, in six recordings of resource_subaccount and three of resource_directory (July 2026).
const STAGES: Readonly<Record<Operation['kind'], readonly Stage[]>> = {
  'create subaccount': [
    { until: 16 * SECOND, state: 'CREATING', message: 'Creating subaccount tenant.' },
    { until: 31 * SECOND, state: 'CREATING', message: 'Assigning entitlements for subaccount.' },
  ],
  // Recording action_restore_subaccount.
  'restore subaccount': [
    { until: 21 * SECOND, state: 'UPDATING', message: 'Updated subaccount entity state to UPDATING' },
  ],
  'delete subaccount': [{ until: 31 * SECOND, state: 'DELETING', message: 'Deleting subaccount.' }],
  'create directory': [{ until: 11 * SECOND, state: 'CREATING', message: 'Creating tenant for directory' }],
  'enable directory': [{ until: 21 * SECOND, state: 'CREATING', message: 'Creating tenant for directory' }],
  'delete directory': [{ until: 21 * SECOND, state: 'DELETING', message: 'Deleting tenant for directory.' }],
};

/** What the account service does after it has answered; it is judged by the clock, and nobody waits for it. */
export interface Operations {
  /** Begins one, which replaces what is under way for this account; gives the id of its job. */
  begin(kind: Operation['kind'], guid: string): string;
  /** The stage that an account is in; undefined = nothing is under way. */
  stage(guid: string): Stage | undefined;
  /** Whether its tenant is not there yet. */
  withoutTenant(guid: string): boolean;
  /** Ends what is over by now; deleted accounts are gone then. To be called before the accounts are looked at. */
  settle(): void;
}

export function createOperations(
  ctx: Pick<EmulatorContext, 'now' | 'switched' | 'world'>,
  store: AccountsStore,
): Operations {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);

  function stageOf({ kind, since }: Operation): Stage | undefined {
    if (!takesTime) return undefined;
    return STAGES[kind].find(({ until }) => ctx.now() < since + until);
  }

  return {
    begin(kind, guid) {
      store.operations.set(guid, { guid, kind, since: ctx.now() });
      return jobId(ctx.now());
    },
    stage(guid) {
      const operation = store.operations.get(guid);
      return operation && stageOf(operation);
    },
    withoutTenant(guid) {
      const operation = store.operations.get(guid);
      return operation?.kind === 'create subaccount' && stageOf(operation) === STAGES['create subaccount'][0];
    },
    settle() {
      // A forced deletion leaves a week to think better of it (recording action_restore_subaccount).
      for (const { guid, deletionForcedAt: since } of store.subaccounts.by('deletion', 'forced')) {
        if (since === undefined || ctx.now() < since + FORCED_DELETION_MS || store.operations.get(guid)) continue;
        ctx.world.use('cloudFoundry').removeOrg?.(guid);
        store.subaccounts.delete(guid);
      }
      if (store.operations.size === 0) return;
      for (const operation of [...store.operations.values()]) {
        if (stageOf(operation) !== undefined) continue;
        store.operations.delete(operation.guid);
        if (operation.kind === 'delete subaccount') store.subaccounts.delete(operation.guid);
        if (operation.kind === 'restore subaccount') restored(store, operation.guid);
        if (operation.kind === 'delete directory') store.directories.delete(operation.guid);
      }
    },
  };
}

function restored(store: AccountsStore, guid: string): void {
  const subaccount = store.subaccounts.get(guid);
  if (!subaccount) return;
  const { deletionForcedAt: _, ...rest } = subaccount;
  store.subaccounts.set(guid, { ...rest, stateMessage: 'Updated tenant entity state to OK' });
}

/** Eight digits, growing (recordings). Clients poll the object, never the job (notes §4.5). */
export function jobId(now: number): string {
  return String(Math.floor(now / SECOND) % 100_000_000).padStart(8, '0');
}

import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { AuditEntry } from '../../../emulation/world.ts';

/** An entry as it was written. */
export interface AuditRecord extends AuditEntry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** A service key, by its client. */
export interface AuditKey {
  /** GUID of the subaccount whose XSUAA issues the tokens. */
  readonly zone: string;
  /** GUID of the account whose log is read: the subaccount, or with plan `central` the global account. */
  readonly tenant: string;
}

export interface AuditStore {
  readonly records: Collection<AuditRecord>;
  readonly keys: Collection<AuditKey>;
  /** Tenants with a custom retention period, by GUID. */
  readonly customRetention: Collection<{ readonly tenant: string }>;
}

export function openAuditStore({ state }: Pick<EmulatorContext, 'state'>): AuditStore {
  return {
    records: state.collection('audit/records', { tenant: (record) => record.zone }),
    keys: state.collection('audit/keys'),
    customRetention: state.collection('audit/custom-retention'),
  };
}

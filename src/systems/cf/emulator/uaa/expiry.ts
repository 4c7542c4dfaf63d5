import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';
import type { UaaStore } from './store.ts';
import { SESSION_IDLE_MS } from './web/sessions.ts';

/** Forgets what is over: codes, tokens, approvals, sessions. Nobody could use it any more; it only takes room. */
export function forgetExpired(store: UaaStore, { now }: Pick<EmulatorContext, 'now'>): void {
  const drop = <T>(rows: Collection<T>, endOf: (row: T) => number) => {
    for (const key of [...rows.keys()]) {
      const row = rows.get(key);
      if (row !== undefined && endOf(row) <= now()) rows.delete(key);
    }
  };
  for (const rows of [store.codes, store.keptTokens, store.refreshGrants, store.approvals]) {
    drop<{ readonly expiresAt: number }>(rows as Collection<{ readonly expiresAt: number }>, (row) => row.expiresAt);
  }
  drop(store.sessions, (session) => session.usedAt + SESSION_IDLE_MS);
}

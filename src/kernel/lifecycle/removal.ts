import type { Address } from '../address.ts';
import type { Use, UseKind } from '../identity.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { Extra } from '../system.ts';

/** Path of the change by which a step says whose it is: a removal is judged by it after a crash. */
export const USER_PATH = 'technicalUser';

/**
 * Steps that take uses away, in the order in which it must happen: destinations before roles, roles before the shadow
 * users that they would bring back, the account last, as it is what the next run finds the user by.
 */
export function removalSteps(uses: readonly Use[], user: string): readonly PlanStep[] {
  const planned = new Set(uses.map((use) => use.address));
  return uses.map((use) => ({
    address: use.address,
    type: use.type,
    action: 'delete',
    changes: [
      { path: '', before: use.props },
      { path: USER_PATH, before: user },
    ],
    because: use.title,
    user,
    needs: needsOf(use, uses).filter((address) => planned.has(address)),
  }));
}

/** Whole kinds that come before a kind; finer orders are in `after`. */
const BEFORE: Readonly<Record<UseKind, readonly UseKind[]>> = {
  credential: [],
  role: ['credential'],
  'shadow-user': ['credential'],
  account: ['credential', 'role', 'shadow-user'],
  secret: ['account'],
};

function needsOf(use: Use, uses: readonly Use[]): readonly Address[] {
  const before = uses.filter((other) => BEFORE[use.what].includes(other.what)).map((other) => other.address);
  return [...new Set([...before, ...(use.after ?? [])])];
}

/** The reverse: steps that put back what was taken. */
export function returnSteps(uses: readonly Use[], user: string): readonly PlanStep[] {
  const planned = new Set(uses.map((use) => use.address));
  return uses.map((use) => ({
    address: use.address,
    type: use.type,
    action: 'create' as const,
    changes: [
      { path: '', after: use.props },
      { path: USER_PATH, after: user },
    ],
    because: use.title,
    user,
    // What could go only after it can come only before it.
    needs: uses
      .filter((other) => other.after?.includes(use.address) && planned.has(other.address))
      .map((other) => other.address),
  }));
}

/** Uses as the executor takes them: observed, and declared by nobody. */
export function extrasOf(uses: readonly Use[], user: string): readonly Extra[] {
  return uses.map(({ type, address, scope, removable, props }) => ({ type, address, scope, removable, props, user }));
}

import type { Approval, UaaClient, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { covers } from '../tokens/scopes.ts';

/** What an application wants and what the user has said to it so far. */
export interface Decisions {
  /** Scopes that count as approved. */
  readonly approved: readonly string[];
  /** Scopes that the user must decide about. */
  readonly undecided: readonly string[];
}

/** UAA UserManagedAuthzApprovalHandler. */
export function decisionsOf(uaa: Uaa, client: UaaClient, user: UaaUser, scopes: readonly string[]): Decisions {
  const said = new Map(
    approvalsOf(uaa, user.id)
      .filter((approval) => approval.clientId === client.id)
      .map((approval) => [approval.scope, approval.status]),
  );
  const auto = (scope: string) => isAutoApproved(client, scope);
  return {
    approved: scopes.filter((scope) => auto(scope) || said.get(scope) === 'APPROVED'),
    undecided: scopes.filter((scope) => !auto(scope) && !said.has(scope)),
  };
}

export function isAutoApproved({ autoApprove = [] }: UaaClient, scope: string): boolean {
  return autoApprove.includes('true') || covers(autoApprove, scope);
}

/** Approvals of a user that are not over. */
export function approvalsOf({ store, landscape, ctx }: Uaa, userId: string): readonly Approval[] {
  return store.approvals.by('user', keyIn(landscape, userId)).filter((approval) => approval.expiresAt > ctx.now());
}

/** Notes for a month what a user decided. */
export function noteDecisions(
  uaa: Uaa,
  client: UaaClient,
  user: UaaUser,
  scopes: readonly string[],
  approved: ReadonlySet<string>,
): void {
  const { store, landscape, ctx } = uaa;
  const expires = new Date(ctx.now());
  expires.setUTCMonth(expires.getUTCMonth() + 1);
  for (const scope of scopes) {
    if (isAutoApproved(client, scope)) continue;
    store.approvals.set(keyIn(landscape, JSON.stringify([user.id, client.id, scope])), {
      landscape,
      userId: user.id,
      clientId: client.id,
      scope,
      status: approved.has(scope) ? 'APPROVED' : 'DENIED',
      lastUpdatedAt: ctx.now(),
      expiresAt: expires.getTime(),
    });
  }
}

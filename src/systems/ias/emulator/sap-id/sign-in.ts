import { keepLogon } from '../kept-logons.ts';
import type { Services } from '../services.ts';
import { promoteSession } from '../sessions.ts';
import type { Session, StoredUser, Tenant, UniversalId } from '../store.ts';
import { AWAY, pageResponse } from '../web/visits.ts';
import { accountsPage } from './pages.ts';
import { accountsOf, proveUniversalId } from './universal-id.ts';

/** Whom a Universal ID leads to: one account, or a page to choose one; undefined when there is none to sign in with. */
export async function universalSignIn(
  services: Services,
  tenant: Tenant,
  session: Session,
  typed: { readonly name: string; readonly password: string },
  target: string,
): Promise<StoredUser | Response | undefined> {
  if (tenant.kind !== 'sap-id') return undefined;
  const universal = await proveUniversalId(services, tenant, typed.name, typed.password);
  if (!universal) return undefined;
  const [only, ...others] = accountsOf(services, universal);
  if (only && others.length === 0) return keepLogon(services, tenant, only.id);
  const choosing = promoteSession(services, session, { universal: universal.email });
  return accountChoice(services, tenant, choosing, universal, target);
}

export function accountChoice(
  services: Services,
  tenant: Tenant,
  session: Session,
  universal: UniversalId,
  target: string,
): Promise<Response> {
  const accounts = accountsOf(services, universal);
  return pageResponse(accountsPage({ host: tenant.host, token: session.token, target, accounts }), {
    session,
    formActions: AWAY,
  });
}

import { beginFederation, corporateProvider, FederationError } from '../oidc/corporate.ts';
import type { Services } from '../services.ts';
import type { Session, Tenant } from '../store.ts';
import { pageResponse, redirect } from '../web/visits.ts';
import { stopPage } from './pages.ts';

/** What a user reads when the provider does not answer as it should (ias 8ff83a1). */
const BROKEN =
  'OpenID provider cannot process the request because the configuration is incorrect. Please contact your system administrator.';

/** Sends a browser to a corporate identity provider. */
export async function sendToProvider(
  services: Services,
  tenant: Tenant,
  name: string,
  { session, target, loginHint }: { readonly session: Session; readonly target: string; readonly loginHint?: string },
): Promise<Response> {
  const provider = corporateProvider(services, tenant, name);
  try {
    if (provider?.protocol !== 'oidc') throw new FederationError('no OpenID provider of this name');
    const url = await beginFederation(services, tenant, provider, { session: session.id, target, loginHint });
    return redirect(url, session);
  } catch (error) {
    if (error instanceof FederationError) return brokenProvider(tenant, session);
    throw error;
  }
}

export function brokenProvider(tenant: Tenant, session: Session | undefined): Promise<Response> {
  const page = stopPage({ host: tenant.host, title: 'Sign-In Failed', text: BROKEN });
  return pageResponse(page, { session, status: 400 });
}

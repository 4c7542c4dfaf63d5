import { signInPage } from './pages.ts';
import type { Services } from './services.ts';
import { openSession } from './sessions.ts';
import type { Session, Tenant } from './store.ts';
import { pageResponse } from './web/visits.ts';

interface SignInOptions {
  /** Why the browser has to sign in (again). */
  readonly problem?: string;
  /** Path on this host that the browser asked for. @default the profile */
  readonly target?: string;
  /** The session of the attempt before. @default a new one */
  readonly session?: Session;
}

/** The sign-in page, at whatever path the browser asked for. */
export function signInResponse(services: Services, tenant: Tenant, options: SignInOptions = {}): Promise<Response> {
  const { problem, target, session = openSession(services, tenant, target) } = options;
  const page = signInPage({
    host: tenant.host,
    token: session.token,
    registers: tenant.kind === 'sap-id',
    message: problem === undefined ? undefined : { kind: 'bad', text: problem },
  });
  return pageResponse(page, { session });
}

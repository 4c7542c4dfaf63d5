import { asksForIdentifier } from './oidc/conditional.ts';
import { settingsOf } from './oidc/settings.ts';
import type { Services } from './services.ts';
import { openSession } from './sessions.ts';
import { signInPage } from './sign-in/pages.ts';
import { applicationOfTarget, hintOfTarget, localTarget } from './sign-in/target.ts';
import type { Session, Tenant } from './store.ts';
import { AWAY, pageResponse } from './web/visits.ts';

interface SignInOptions {
  /** Why the browser has to sign in (again). */
  readonly problem?: string;
  /** Path on this host that the browser asked for. @default the profile */
  readonly target?: string;
  /** The session of the attempt before. @default a new one */
  readonly session?: Session | undefined;
  /** What the user typed before; then the password is asked for. @default `login_hint` of the target */
  readonly identifier?: string;
}

/** The sign-in page, at whatever path the browser asked for. */
export function signInResponse(services: Services, tenant: Tenant, options: SignInOptions = {}): Promise<Response> {
  const { problem, identifier, session = openSession(services, tenant) } = options;
  const target = localTarget(options.target);
  const { conditional } = settingsOf(tenant, applicationOfTarget(services, tenant, target));
  const page = signInPage({
    host: tenant.host,
    token: session.token,
    target,
    registers: tenant.kind === 'sap-id',
    identifierOnly: identifier === undefined && asksForIdentifier(conditional),
    loginHint: identifier ?? hintOfTarget(target),
    message: problem === undefined ? undefined : { kind: 'bad', text: problem },
  });
  return pageResponse(page, { session, formActions: AWAY });
}

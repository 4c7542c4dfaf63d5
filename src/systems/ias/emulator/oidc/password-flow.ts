import type { JsonObject } from '../../../../kernel/json.ts';
import { OAuthError } from '../errors.ts';
import { logOn } from '../logon.ts';
import { userByIdentifier } from '../logon-identifiers.ts';
import { STANDARD } from '../policies.ts';
import { admitSession, TooManySessions } from '../sessions.ts';
import { identityProviderFor, LOCAL } from './conditional.ts';
import { logonSource, originOf } from './conditions.ts';
import { corporateProvider, FederationError, passwordAtProvider } from './corporate.ts';
import { applicationOf, issueTokens, newRefreshToken, openGrant } from './grants.ts';
import { demandedAction } from './risk.ts';
import { settingsOf } from './settings.ts';
import type { Authentication } from './store.ts';
import type { TokenCall } from './token-call.ts';

/** Resource owner password credentials (ias 67f720d). Every one is a session of its own (assumed). */
export async function passwordFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, client, method, params, wishes } = call;
  const username = params.get('username');
  const password = params.get('password');
  if (username === null || password === null) {
    throw new OAuthError(400, 'invalid_request', 'username and password are needed');
  }
  const authentication = await authenticateUser(call, username, password);
  try {
    admitSession(services, tenant.id, authentication.subject);
  } catch (error) {
    if (error instanceof TooManySessions) throw new OAuthError(401, 'invalid_grant', 'Too many sessions');
    throw error;
  }
  const of = { ...authentication, scope: wishes.scope, clientAuthMethod: method };
  const grant = openGrant(services, tenant, call, of);
  return issueTokens(services, tenant, grant, { ...call, client }, newRefreshToken(services, tenant, grant, call));
}

/** By the tenant's own password, or by the one of the corporate identity provider that conditional authentication names. */
async function authenticateUser(call: TokenCall, username: string, password: string): Promise<Authentication> {
  const { services, tenant, client, request } = call;
  const application = applicationOf(client);
  const settings = settingsOf(tenant, application);
  const user = userByIdentifier(services, tenant, username);
  const logon = { ...originOf(request), email: username };
  const name = identityProviderFor(services, tenant, settings.conditional, { user }, logon) ?? LOCAL;
  if (name !== LOCAL) return atProvider(call, name, username, password);

  const outcome = await logOn(services, tenant, username, password, application?.policy ?? STANDARD.uri, {
    emailVerification: settings.emailVerification,
    from: logonSource(request, application?.name),
    action: (known, method) => demandedOfPrograms(call, { user: known, method, logon }),
  });
  // Where exactly the code stands is not documented: in the description and in the header.
  if (!outcome.ok) throw new OAuthError(401, 'invalid_grant', outcome.code ?? 'Bad credentials', outcome.code);
  const subject = { kind: 'user', id: outcome.user.id } as const;
  return { subject, authenticatedAt: services.ctx.now(), amr: outcome.amr };
}

/**
 * One page says that rules are "not supported for technical communication in OIDC flows" (ias bc52fbf), another that the
 * password grant needs the code of a second factor (67f720d): hence the switch.
 */
function demandedOfPrograms(
  { services, tenant, client }: TokenCall,
  of: Parameters<typeof demandedAction>[3],
): ReturnType<typeof demandedAction> {
  if (!services.ctx.switched('ias.rbaAppliesToRopc', true)) return 'allow';
  return demandedAction(services, tenant, applicationOf(client), of);
}

/** Works at OpenID Connect providers that take passwords, without a second factor there (ias 8ff83a1; btp 98ec56a). */
async function atProvider(call: TokenCall, name: string, username: string, password: string): Promise<Authentication> {
  const { services, tenant } = call;
  const provider = corporateProvider(services, tenant, name);
  try {
    if (!provider) throw new FederationError('no such identity provider');
    return await passwordAtProvider(services, tenant, provider, username, password);
  } catch (error) {
    if (error instanceof FederationError) throw new OAuthError(401, 'invalid_grant', 'Bad credentials');
    throw error;
  }
}

import type { Address } from '../../kernel/address.ts';
import { LocumError, RemoteError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ResourceType, SystemContext, Token } from '../../kernel/system.ts';
import { call, type Landscape } from '../protocols/cf-v3/client.ts';
import { identityOf } from '../protocols/cf-v3/login.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import { type Login, logInUser } from './login.ts';

export const TOKENS = 'cf/tokens';

/**
 * The tokens of a technical user at a landscape's UAA. Customers are no administrators of it, but every user may revoke its
 * own (UAA, TokenRevocationEndpoint): so it takes a login, made before the user is deactivated.
 */
export const tokensType: ResourceType<Login, { readonly userId: string }> = {
  type: TOKENS,

  async observe(_api, wanted, ctx) {
    const objects = new Map<Address, { readonly userId: string }>();
    for (const { address, props } of wanted) {
      const { token } = await loggedIn(props, ctx);
      objects.set(address, { userId: identityOf(token).userId });
    }
    return { objects, extras: [] };
  },

  // Nobody declares tokens.
  diff: () => ({ action: 'none' }),

  async converge({ resource: { props } }, ctx): Promise<JsonObject> {
    const { landscape, token } = await loggedIn(props, ctx);
    const { userId } = identityOf(token);
    const url = `${landscape.links.uaa.href}/oauth/token/revoke/user/${userId}`;
    const request = { operation: 'revoke tokens', method: 'DELETE', url, expect: [200] };
    const revoke = () => call(landscape, token.value, request);
    const response = await revoke().catch(async (error: unknown) => {
      if (!(error instanceof RemoteError) || error.outcome !== 'unknown') throw error;
      // Repeated it changes nothing more. Refused, it took effect: the token that asks is revoked too.
      return revoke().catch((again: unknown) => {
        if (again instanceof LocumError && again instanceof RemoteError && again.status === 401) return undefined;
        throw again;
      });
    });
    await response?.body?.cancel();
    return { user: userId, revoked: true };
  },
};

async function loggedIn(
  login: Login,
  ctx: SystemContext,
): Promise<{ readonly landscape: Landscape; readonly token: Token }> {
  const { landscape, outcome } = await logInUser(ctx, login);
  if (outcome.status === 'accepted') return { landscape, token: outcome.value };
  const refusal = explainRefusal(outcome.reason, { ...login, landscape: landscape.name });
  throw new RemoteError('ERR_REMOTE_CREDENTIALS', {
    system: 'cf',
    operation: `log in ${login.user} at ${landscape.name} to revoke its tokens (${refusal.because})`,
    status: 401,
    serviceCode: refusal.code,
    remedy: 'nothing more to do here: without roles its tokens reach nothing',
  });
}

import { address } from '../../kernel/address.ts';
import { LocumError } from '../../kernel/errors.ts';
import type { Identity, Known, Stop, Stops, Unread } from '../../kernel/identity.ts';
import { unreadOf } from '../../kernel/observe/discover.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import { TOKENS, tokensType } from './tokens.ts';

/**
 * Tokens at each landscape in which the user is known to be: elsewhere a login would make a shadow user that is not there yet.
 * What was not looked at before the user was deactivated can't be revoked any more.
 */
export async function stops(identity: Identity, known: readonly Known[], ctx: SystemContext): Promise<Stops> {
  const { user, email, originKey } = identity;
  if (user === undefined) return { found: [], unread: [], limits: LIMITS };
  const apis = new Set(known.flatMap(({ type, scope }) => (OF_A_LANDSCAPE.has(type) ? [scope] : [])));
  const found: Stop[] = [];
  const unread: Unread[] = [];
  for (const api of apis) {
    const name = landscapeName(api);
    const props = { user, email, originKey, api };
    const at = address('cf', 'tokens', name, `${email}@${originKey}`);
    const resource = { type: TOKENS, address: at, props, scope: api, needs: [] };
    try {
      await tokensType.observe(api, [resource], ctx);
      const stop = { what: 'tokens', title: `tokens in Cloud Foundry ${name}`, action: 'delete' } as const;
      found.push({ ...stop, type: TOKENS, address: at, scope: api, props });
    } catch (error) {
      if (!(error instanceof LocumError)) throw error;
      unread.push(unreadOf(`tokens in Cloud Foundry ${name}`, error));
    }
  }
  return { found, unread, limits: LIMITS };
}

/** Types whose scope is the CF API endpoint of a landscape. */
const OF_A_LANDSCAPE: ReadonlySet<string> = new Set(['cf/user', 'cf/org-role', 'cf/space-role']);

/** The Cloud Controller checks a token by its signature and its end, not by asking UAA (cloud_controller_ng, uaa token decoder). */
const LIMITS = ['access tokens that are out already are accepted until they end, but reach nothing without roles'];

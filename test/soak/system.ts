import { address } from '../../src/kernel/address.ts';
import { RemoteError } from '../../src/kernel/errors.ts';
import type { Consumer, ConsumerKind } from '../../src/kernel/rotate/consumer.ts';
import type { Credential, CredentialKind } from '../../src/kernel/rotate/credential.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { defineSystem, type SystemContext } from '../../src/kernel/system.ts';
import { LOCK_AFTER } from './world.ts';

const BASE = 'https://model.accounts.ondemand.com';

/** The world as a slice: what a rotation needs of a service, over its wire, with the errors that a wire has. */
export function modelSystem(places: readonly string[]) {
  return defineSystem({
    id: 'model',
    section: { expand: () => ({ resources: [], findings: [] }) },
    resources: [],
    checks: [],
    rules: [],
    findings: [],
    inventory: async () => ({
      globalAccount: { guid: 'ga', subdomain: 'soak', displayName: 'soak' },
      directories: [],
      subaccounts: [],
    }),
    credentials: [kindOf(false), kindOf(true)],
    consumers: [placeKind(places)],
  });
}

interface State {
  readonly setAt: number;
  readonly version: number;
  readonly failed: number;
  readonly slots: readonly { readonly id: string; readonly rotation?: string }[];
}

function kindOf(several: boolean): CredentialKind<object> {
  const prove: CredentialKind['prove'] = async ({ user }, secret, ctx) => {
    const { right } = await call<{ right: boolean }>(ctx, 'POST', `login/${user}`, { secret: secret.reveal() });
    return right ? { status: 'accepted', value: {} } : { status: 'refused', reason: 'wrong' };
  };
  return {
    kind: several ? 'model/slots' : 'model/password',
    slots: several ? 20 : 1,
    expand: (manifest) =>
      manifest.technicalUsers
        .filter(({ name }) => (name === 'slots') === several)
        .map(
          ({ name }): Credential<object> => ({
            kind: several ? 'model/slots' : 'model/password',
            address: address('model', 'password', name),
            vaultName: `soak/${name}`,
            user: name,
            login: name,
            props: {},
          }),
        ),
    async inspect(credentials, ctx) {
      const states = await Promise.all(
        credentials.map(async ({ address: at, user }) => {
          const { setAt, failed, slots } = await call<State>(ctx, 'GET', `users/${user}`);
          const policy = { name: 'model', lockAfter: LOCK_AFTER };
          return [at, { findings: [], setAt, failedLogins: failed, policy, ...(several ? { slots } : {}) }] as const;
        }),
      );
      return new Map(states);
    },
    minting: several
      ? {
          by: 'service',
          async issue({ user }, rotation, ctx) {
            const { id, text } = await call<{ id: string; text: string }>(ctx, 'POST', `users/${user}`, { rotation });
            return { secret: new Secret(text), slot: id };
          },
          async retire({ user }, slot, ctx) {
            await call(ctx, 'DELETE', `users/${user}/${slot}`, {});
            return {};
          },
        }
      : {
          by: 'locum',
          choose: (ctx) => new Secret(Buffer.from(ctx.random(9)).toString('base64url')),
          async set({ user }, secret, ctx) {
            const { version } = await call<State>(ctx, 'GET', `users/${user}`);
            await call(ctx, 'POST', `users/${user}`, { secret: secret.reveal(), match: String(version) });
            return {};
          },
        },
    prove,
  };
}

interface Held {
  readonly user: string;
  readonly secret: string;
  readonly version: number;
}

function placeKind(places: readonly string[]): ConsumerKind<{ readonly name: string }> {
  const read = (ctx: SystemContext, name: string) => call<Held>(ctx, 'GET', `places/${name}`);
  return {
    kind: 'model/place',
    async find(credentials, _inventory, ctx) {
      const found = await Promise.all(
        places.map(async (name): Promise<readonly Consumer<{ readonly name: string }>[]> => {
          const { user } = await read(ctx, name);
          const family = user.replace(/-[ab]$/, '');
          const may = credentials.filter((one) => one.user.replace(/-[ab]$/, '') === family);
          if (may.length === 0) return [];
          return [
            {
              kind: 'model/place',
              address: address('model', 'place', name),
              title: name,
              ours: true,
              credentials: may.map(({ vaultName }) => vaultName),
              holds: `soak/${user}`,
              staleMs: 300_000,
              props: { name },
            },
          ];
        }),
      );
      return { consumers: found.flat(), unread: [] };
    },
    async holds({ props }, { credential, secret }, ctx) {
      const place = await read(ctx, props.name);
      return place.user === credential.user && secret.equals(new Secret(place.secret)) ? 'this' : 'other';
    },
    async deliver({ props }, { credential, secret }, ctx) {
      const { version } = await read(ctx, props.name);
      const body = { user: credential.user, secret: secret.reveal(), match: String(version) };
      await call(ctx, 'PUT', `places/${props.name}`, body);
      return {};
    },
    async prove({ props }, _delivery, ctx) {
      const place = await read(ctx, props.name);
      const outcome = await ctx.logins.attempt<object>(place.user, async () => {
        const { right } = await call<{ right: boolean }>(ctx, 'POST', `login/${place.user}`, { secret: place.secret });
        return right ? { status: 'accepted', value: {} } : { status: 'refused', reason: 'wrong' };
      });
      if (outcome.status === 'accepted') return { status: 'proven', evidence: ['a login'] };
      if (outcome.status === 'spared') return { status: 'unproven', because: outcome.reason };
      return { status: 'failed', because: outcome.reason, remedy: 'none', code: 'MODEL' };
    },
  };
}

async function call<T = unknown>(
  ctx: SystemContext,
  method: string,
  path: string,
  body?: Readonly<Record<string, string>>,
): Promise<T> {
  const operation = `${method} ${path}`;
  let response: Response;
  try {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
    response = await ctx.fetch(`${BASE}/${path}`, init);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const outcome = method === 'GET' ? 'refused' : 'unknown';
    throw new RemoteError('ERR_REMOTE_UNREACHABLE', { system: 'model', operation, outcome, retryable: true, cause });
  }
  if (response.ok) return (await response.json()) as T;
  const { status } = response;
  const retryable = status === 429 || status >= 500;
  // A gateway may have given up after the service did what was asked.
  const outcome = status >= 500 && method !== 'GET' ? 'unknown' : 'refused';
  throw new RemoteError('ERR_REMOTE_REFUSED', { system: 'model', operation, status, retryable, outcome });
}

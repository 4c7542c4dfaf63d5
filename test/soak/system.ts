import { address } from '../../src/kernel/address.ts';
import { isNews, RemoteError } from '../../src/kernel/errors.ts';
import type { Stops, Unread } from '../../src/kernel/identity.ts';
import { unreadOf } from '../../src/kernel/observe/discover.ts';
import type { Consumer, ConsumerKind } from '../../src/kernel/rotate/consumer.ts';
import type { Credential, CredentialKind } from '../../src/kernel/rotate/credential.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { defineSystem, type ResourceType, type SystemContext } from '../../src/kernel/system.ts';
import { STALE_MS } from './world.ts';

const BASE = 'https://model.accounts.ondemand.com';

/** The world as a slice: what a rotation needs of a service, over its wire, with the errors that a wire has. */
export function modelSystem(places: readonly string[]) {
  return defineSystem({
    id: 'model',
    section: { expand: () => ({ resources: [], findings: [] }) },
    resources: [tokensType, activationType],
    checks: [],
    rules: [],
    findings: [],
    inventory: async () => ({
      globalAccount: { guid: 'ga', subdomain: 'soak', displayName: 'soak' },
      directories: [],
      subaccounts: [],
    }),
    credentials: [kindOf('single'), kindOf('slots'), kindOf('guided')],
    consumers: [placeKind(places)],
    stops: async ({ userName }): Promise<Stops> => ({
      found: [
        {
          what: 'tokens',
          title: `tokens of ${userName}`,
          action: 'delete',
          type: TOKENS,
          address: address('model', 'tokens', userName),
          scope: 'model',
          props: { user: userName },
        },
        {
          what: 'logon',
          title: `logon of ${userName}`,
          action: 'update',
          type: ACTIVATION,
          address: address('model', 'activation', userName),
          scope: 'model',
          props: { user: userName, active: false },
          undo: { user: userName, active: true },
        },
      ],
      unread: [],
      limits: [],
    }),
  });
}

const TOKENS = 'model/tokens';

const tokensType: ResourceType<{ readonly user: string }, object> = {
  type: TOKENS,
  observe: async () => ({ objects: new Map(), extras: [] }),
  diff: () => ({ action: 'none' }),
  async converge({ resource }, ctx) {
    await call(ctx, 'DELETE', `tokens/${resource.props.user}`, {});
    return {};
  },
};

const ACTIVATION = 'model/activation';

interface Activation {
  readonly user: string;
  readonly active: boolean;
}

const activationType: ResourceType<Activation, Activation> = {
  type: ACTIVATION,
  observe: async () => ({ objects: new Map(), extras: [] }),
  diff: ({ props }) => ({ action: 'update', changes: [{ path: 'active', after: props.active }] }),
  async converge({ resource: { props } }, ctx) {
    await call(ctx, 'PUT', `active/${props.user}`, { active: String(props.active) });
    return {};
  },
};

interface State {
  readonly setAt: number;
  readonly version: number;
  readonly failed: number;
  readonly lockAfter: number;
  readonly minAgeMs: number;
  readonly slots: readonly { readonly id: string; readonly rotation?: string }[];
}

/** How the secrets of a kind come about: one by Locum, several by the service, several by a person at its console. */
type Sort = 'single' | 'slots' | 'guided';

const sortOf = (name: string): Sort => (name === 'slots' || name === 'guided' ? name : 'single');

const KIND = { single: 'model/password', slots: 'model/slots', guided: 'model/guided' } as const;

function kindOf(sort: Sort): CredentialKind<object> {
  const prove: CredentialKind['prove'] = async ({ user }, secret, ctx) => {
    const { right } = await call<{ right: boolean }>(ctx, 'POST', `login/${user}`, { secret: secret.reveal() });
    return right ? { status: 'accepted', value: {} } : { status: 'refused', reason: 'wrong' };
  };
  return {
    kind: KIND[sort],
    slots: sort === 'single' ? 1 : 20,
    declares: [],
    expand: (manifest) =>
      manifest.technicalUsers
        .filter(({ name }) => sortOf(name) === sort)
        .map(
          ({ name }): Credential<object> => ({
            kind: KIND[sort],
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
          const { setAt, failed, slots, lockAfter, minAgeMs } = await call<State>(ctx, 'GET', `users/${user}`);
          // Of clients a service counts no failed logins; of secrets that a person makes it tells nothing.
          if (sort !== 'single') return [at, { findings: [], ...(sort === 'slots' ? { slots } : {}) }] as const;
          const policy = { name: 'model', lockAfter, ...(minAgeMs > 0 ? { minAgeMs } : {}) };
          return [at, { findings: [], setAt, failedLogins: failed, locked: failed >= lockAfter, policy }] as const;
        }),
      );
      return new Map(states);
    },
    minting: MINTING[sort],
    prove,
    async unlock({ user }, ctx) {
      await call(ctx, 'PUT', `lock/${user}`, {});
    },
  };
}

const MINTING: Readonly<Record<Sort, CredentialKind<object>['minting']>> = {
  slots: {
    by: 'service',
    async issue({ user }, rotation, ctx) {
      const { id, text } = await call<{ id: string; text: string }>(ctx, 'POST', `users/${user}`, { rotation });
      return { secret: new Secret(text), slot: id };
    },
    async retire({ user }, slot, ctx) {
      await call(ctx, 'DELETE', `users/${user}/${slot}`, {});
      return {};
    },
  },
  single: {
    by: 'locum',
    choose: (ctx) => new Secret(Buffer.from(ctx.random(9)).toString('base64url')),
    async set({ user }, secret, ctx) {
      const { version } = await call<State>(ctx, 'GET', `users/${user}`);
      await call(ctx, 'POST', `users/${user}`, { secret: secret.reveal(), match: String(version) });
      return {};
    },
  },
  guided: {
    by: 'person',
    making: ({ user }) => ({ user, title: 'make one', url: BASE, steps: ['make one'], wants: 'secret' }),
    complete: (_credential, _prepared, brought) => brought ?? new Secret(''),
    // In the model the text tells the person which one.
    removing: ({ user }, old) => ({
      user,
      title: 'remove the old one',
      url: BASE,
      steps: ['remove the old one'],
      text: old.reveal(),
      wants: 'word',
    }),
  },
};

interface Held {
  readonly user: string;
  readonly secret: string;
  readonly version: number;
  readonly role: boolean;
}

function placeKind(places: readonly string[]): ConsumerKind<{ readonly name: string }> {
  const read = (ctx: SystemContext, name: string) => call<Held>(ctx, 'GET', `places/${name}`);
  return {
    kind: 'model/place',
    async find(credentials, _inventory, ctx) {
      const unread: Unread[] = [];
      const found = await Promise.all(
        places.map(async (name): Promise<readonly Consumer<{ readonly name: string }>[]> => {
          const place = await read(ctx, name).catch((error: unknown) => {
            if (!isNews(error)) throw error;
            unread.push(unreadOf(name, error));
          });
          if (!place) return [];
          const { user } = place;
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
              staleMs: STALE_MS,
              props: { name },
            },
          ];
        }),
      );
      return { consumers: found.flat(), unread };
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
      if (outcome.status === 'accepted') {
        if (place.role) return { status: 'proven', evidence: ['a login'] };
        return { status: 'failed', because: 'it may not', remedy: 'give it its role', code: 'MODEL' };
      }
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

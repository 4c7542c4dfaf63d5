import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../../protocols/oauth/emulator.ts';
import { forbidden, unauthorized } from './errors.ts';
import type { Subscription, TransportStore } from './store.ts';

/** Roles of Cloud Transport Management (SAP help, "Security"); each is a scope `<xsappname>.<role>` of tokens: assumed. */
export const ROLES = [
  'Administrator',
  'LandscapeOperator',
  'TransportOperator',
  'ImportOperator',
  'ImportSelectedOperator',
  'ExportOperator',
  'Viewer',
] as const;
export type Role = (typeof ROLES)[number];

/** What a service plan lets its keys do: the names are the docs', the roles behind them assumed. */
export const PLANS = {
  standard: ['Administrator'],
  export: ['ExportOperator'],
  transport_operator: ['TransportOperator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** What a call needs one of; an administrator may do everything. */
export const RIGHTS = {
  read: [
    'LandscapeOperator',
    'TransportOperator',
    'ImportOperator',
    'ImportSelectedOperator',
    'ExportOperator',
    'Viewer',
  ],
  landscape: ['LandscapeOperator'],
  export: ['ExportOperator', 'TransportOperator'],
  importSelected: ['ImportOperator', 'ImportSelectedOperator', 'TransportOperator'],
  import: ['ImportOperator', 'TransportOperator'],
  transport: ['TransportOperator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
export type Right = keyof typeof RIGHTS;

export interface Caller {
  readonly subscription: Subscription;
  /** GUID of the subaccount. */
  readonly zone: string;
  /** User id, or client id of a client's own token. */
  readonly subject: string;
  readonly roles: readonly string[];
}

const claims = z.looseObject({
  zid: z.string(),
  cid: z.string(),
  sub: z.string(),
  scope: z.array(z.string()),
  user_name: z.string().optional(),
  origin: z.string().optional(),
});

/** Authenticates by a token of a service key in the subscribed subaccount. */
export function createCallers(ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'world'>, store: TransportStore) {
  const verify = createTokenVerifier(ctx);

  async function read(token: string, region: string): Promise<z.infer<typeof claims>> {
    const { host } = new URL(decodeJwt(token).iss ?? '');
    if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw unauthorized();
    return claims.parse(await verify(token, `https://${host}/token_keys`));
  }

  /** A user has the scopes that the own role collections give, which the token of a password grant does not tell here. */
  function rolesOf({ scope, user_name, origin, zid }: z.infer<typeof claims>): readonly string[] {
    const granted = scope.map((name) => name.slice(name.lastIndexOf('.') + 1));
    if (user_name === undefined || origin === undefined) return granted;
    const own = ctx.world.use('authorization').roles(zid, user_name, origin);
    return granted.includes('Administrator') ? own : own.filter((role) => granted.includes(role));
  }

  return {
    async authenticate(authorization: string | undefined, region: string): Promise<Caller> {
      const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) throw unauthorized();
      const found = await read(token, region).catch(() => {
        throw unauthorized();
      });
      const key = store.keys.get(found.cid);
      const subscription = store.subscriptions.get(found.zid);
      if (!subscription || key?.zone !== found.zid) throw unauthorized();
      return { subscription, zone: found.zid, subject: found.sub, roles: rolesOf(found) };
    },
    authorize(caller: Caller, right: Right): void {
      const needed: readonly string[] = ['Administrator', ...RIGHTS[right]];
      if (!caller.roles.some((role) => needed.includes(role))) throw forbidden();
    },
  };
}

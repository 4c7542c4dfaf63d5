import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../../protocols/oauth/emulator/token-verifier.ts';
import { forbidden, unauthorized } from './errors.ts';
import type { Subscription, TransportStore } from './store.ts';

/** Application of the service in XSUAA; the name is assumed. Its roles are scopes `<xsappname>.<role>`: assumed too. */
export const XSAPPNAME = 'alm-ts-backend!b1603';

/** Roles of Cloud Transport Management (SAP help, "Security"). */
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

export function scopeOf(role: Role): string {
  return `${XSAPPNAME}.${role}`;
}

/** What a service plan lets its keys do: the names are the docs', the roles behind them assumed. */
export const PLANS = {
  standard: ['Administrator'],
  export: ['ExportOperator'],
  transport_operator: ['TransportOperator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** What a call needs one of; an administrator may do everything. */
const RIGHTS = {
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
  readonly roles: readonly Role[];
}

const claims = z.looseObject({
  zid: z.string(),
  cid: z.string(),
  sub: z.string(),
  scope: z.array(z.string()),
});

/**
 * Authenticates by a token of a service key in the subscribed subaccount. Its scopes are the roles: those of the key's plan,
 * or of the user for whom a key fetched it.
 */
export function createCallers(ctx: Pick<EmulatorContext, 'fetch' | 'now'>, store: TransportStore) {
  const verify = createTokenVerifier(ctx);

  async function read(token: string, region: string): Promise<z.infer<typeof claims>> {
    const { host } = new URL(decodeJwt(token).iss ?? '');
    if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw unauthorized();
    return claims.parse(await verify(token, `https://${host}/token_keys`));
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
      return {
        subscription,
        zone: found.zid,
        subject: found.sub,
        roles: ROLES.filter((role) => found.scope.includes(scopeOf(role))),
      };
    },
    authorize(caller: Caller, right: Right): void {
      const needed: readonly Role[] = ['Administrator', ...RIGHTS[right]];
      if (!caller.roles.some((role) => needed.includes(role))) throw forbidden();
    },
  };
}

import { type Caller, requireScope } from '../callers.ts';
import { accessDenied, UaaError } from '../errors.ts';
import type { KeptToken, RefreshGrant } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { randomText } from './codes.ts';

const notFound = () => new UaaError(404, 'invalid_token', 'Resource not found');

/** Ends all tokens of a user, JWTs too: the signature that they carry does not fit the new salt (UAA TokenRevocationEndpoint). */
export function revokeUser(uaa: Uaa, caller: Caller, userId: string): void {
  if (caller.user?.id !== userId) requireScope(caller, 'tokens.revoke');
  const user = uaa.store.user(uaa.landscape, userId);
  if (!user) throw notFound();
  uaa.store.save({ ...user, salt: randomText(uaa.ctx, 8), version: user.version + 1, lastModifiedAt: uaa.ctx.now() });
}

/** Ends all tokens of a client. */
export function revokeClient(uaa: Uaa, caller: Caller, clientId: string): void {
  requireScope(caller, 'tokens.revoke');
  const { store, landscape, ctx } = uaa;
  const client = store.client(landscape, clientId);
  if (!client) throw notFound();
  store.saveClient({ ...client, tokenSalt: randomText(ctx, 8) });
  for (const { token } of store.keptTokens.by('client', keyIn(landscape, clientId))) drop(uaa, token);
  for (const { token } of store.refreshGrants.by('client', keyIn(landscape, clientId))) drop(uaa, token);
}

/** Ends the tokens that a user has through a client, as far as they are kept here; a JWT that is not stays good. */
export function revokeUserAtClient(uaa: Uaa, caller: Caller, userId: string, clientId: string): void {
  const self = caller.user?.id === userId && caller.client.id === clientId;
  if (!self) requireScope(caller, 'tokens.revoke');
  for (const row of keptOfUser(uaa, userId)) if (row.clientId === clientId) drop(uaa, row.token);
}

/** Ends one token by its id. */
export function revokeToken(uaa: Uaa, caller: Caller, tokenId: string): void {
  const key = keyIn(uaa.landscape, tokenId);
  const row = uaa.store.keptTokens.get(key) ?? uaa.store.refreshGrants.get(key);
  const own =
    row && (row.clientId === caller.client.id || (row.userId !== undefined && row.userId === caller.user?.id));
  if (!own) requireScope(caller, 'tokens.revoke');
  if (!row) throw notFound();
  drop(uaa, tokenId);
}

/** What `/oauth/token/list/…` shows of a token. */
export interface ListedToken {
  readonly tokenId: string;
  readonly clientId: string;
  readonly userId: string | null;
  readonly format: 'opaque' | 'jwt';
  readonly responseType: 'ACCESS_TOKEN' | 'REFRESH_TOKEN';
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope: string;
  readonly value: null;
  readonly zoneId: 'uaa';
}

/** The path without an owner is closed to everybody, although the code behind it is there (UAA ListUserTokenMockMvcTests). */
export function listNothing(): never {
  throw accessDenied();
}

export function listTokens(
  uaa: Uaa,
  caller: Caller,
  of: { readonly user: string } | { readonly client: string },
): readonly ListedToken[] {
  requireScope(caller, 'tokens.list');
  const { store, landscape, ctx } = uaa;
  const rows =
    'user' in of
      ? keptOfUser(uaa, of.user)
      : [
          ...store.keptTokens.by('client', keyIn(landscape, of.client)),
          ...store.refreshGrants.by('client', keyIn(landscape, of.client)),
        ];
  return rows.filter((row) => row.expiresAt > ctx.now()).map(listed);
}

function keptOfUser({ store, landscape }: Uaa, userId: string): readonly (KeptToken | RefreshGrant)[] {
  const key = keyIn(landscape, userId);
  return [...store.keptTokens.by('user', key), ...store.refreshGrants.by('user', key)];
}

function drop({ store, landscape }: Uaa, tokenId: string): void {
  store.keptTokens.delete(keyIn(landscape, tokenId));
  store.refreshGrants.delete(keyIn(landscape, tokenId));
}

function listed(row: KeptToken | RefreshGrant): ListedToken {
  const access = 'jwt' in row;
  return {
    tokenId: row.token,
    clientId: row.clientId,
    userId: row.userId ?? null,
    format: access ? row.format : 'opaque',
    responseType: access ? 'ACCESS_TOKEN' : 'REFRESH_TOKEN',
    issuedAt: row.issuedAt ?? 0,
    expiresAt: row.expiresAt,
    scope: `[${row.scopes.join(', ')}]`,
    // The tokens themselves are never shown.
    value: null,
    zoneId: 'uaa',
  };
}

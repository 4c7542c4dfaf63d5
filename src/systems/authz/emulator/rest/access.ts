import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { UNKNOWN_USER } from '../../../protocols/audit/emulator.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import type { LimitedApi, Limits } from '../limits.ts';
import type { AuthzStore } from '../store.ts';
import { OAuthError } from '../xsuaa/errors.ts';
import type { Tokens } from '../xsuaa/tokens.ts';

/** Scopes of the administration APIs (btp:764abf2). */
export type ApiScope =
  | 'xs_user.read'
  | 'xs_user.write'
  | 'xs_authorization.read'
  | 'xs_authorization.write'
  | 'xs_idp.read'
  | 'xs_idp.write';

/** Who calls: a token of the zone that is administered. */
export interface RestCaller {
  readonly zone: Zone;
  /** Absent for a token of a client. */
  readonly user?: { readonly id: string; readonly groups: readonly string[] };
  /** The call as the commands on the same objects take it. */
  call(params: Readonly<Record<string, string | undefined>>): TenantCall;
}

export interface RestAccess {
  /**
   * Authenticates, authorizes, and takes part in the limits.
   * @param scope undefined = any token of the zone
   * @throws OAuthError 401 or 403 (§5.1 of the notes), 429
   */
  enter(
    request: Request,
    region: string,
    api: LimitedApi | undefined,
    scope: ApiScope | undefined,
  ): Promise<RestCaller>;
}

const claims = z.looseObject({
  zid: z.string(),
  scope: z.array(z.string()).default([]),
  user_id: z.string().optional(),
  user_name: z.string().optional(),
  origin: z.string().optional(),
  'xs.system.attributes': z.looseObject({ 'xs.saml.groups': z.array(z.string()).optional() }).optional(),
});

export function createRestAccess(ctx: EmulatorContext, store: AuthzStore, tokens: Tokens, limits: Limits): RestAccess {
  const accounts = () => ctx.world.use('accounts');

  /** The zone that a token names; whether it is right to do so shows when it is verified by that zone's keys. */
  function zoneOf(token: string, region: string): Zone {
    const opaque = store.opaqueTokens.get(token);
    const zone = accounts().zone(opaque?.zone ?? zoneClaim(token));
    if (zone?.region !== region) throw invalidToken('The token expired, was revoked, or the token ID is incorrect.');
    return zone;
  }

  return {
    async enter(request, region, api, scope) {
      const token = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      if (token === undefined) throw notAuthenticated();
      const zone = zoneOf(token, region);
      await limits.admit(request, zone.guid, api);
      const found = claims.parse(await tokens.read(zone, token));
      if (scope !== undefined && !found.scope.includes(scope)) throw insufficientScope(scope);
      const globalAccount = accounts().zone(zone.globalAccount) ?? zone;
      const caller = { user: found.user_name ?? UNKNOWN_USER, originKey: found.origin ?? '', globalAccount };
      const groups = found['xs.system.attributes']?.['xs.saml.groups'] ?? [];
      return {
        zone,
        ...(found.user_id === undefined ? {} : { user: { id: found.user_id, groups } }),
        call: (params) => ({ zone, caller, params: definedOnly(params) }),
      };
    },
  };
}

function zoneClaim(token: string): string {
  try {
    return claims.parse(decodeJwt(token)).zid;
  } catch {
    throw invalidToken('Invalid access token');
  }
}

function definedOnly(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

const bearer = (error: string, description: string) =>
  `Bearer realm="oauth", error="${error}", error_description="${description}"`;

function notAuthenticated(): OAuthError {
  const text = 'Full authentication is required to access this resource';
  return new OAuthError(401, 'unauthorized', text, { challenge: bearer('unauthorized', text) });
}

function invalidToken(text: string): OAuthError {
  return new OAuthError(401, 'invalid_token', text, { challenge: bearer('invalid_token', text) });
}

function insufficientScope(scope: string): OAuthError {
  const text = 'Insufficient scope for this resource';
  const challenge = `${bearer('insufficient_scope', text)}, scope="${scope}"`;
  return new OAuthError(403, 'insufficient_scope', text, { challenge, extra: { scope } });
}

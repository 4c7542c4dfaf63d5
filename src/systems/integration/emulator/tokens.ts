import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../protocols/oauth/emulator/token-verifier.ts';
import { uaaDomain } from './addresses.ts';
import type { Binding } from './store.ts';

/** @sap/xssec 4.15.0 still takes a token that ended a minute ago (Service.validateToken). */
const LEEWAY_MS = 60_000;

const claims = z.looseObject({
  zid: z.string(),
  cid: z.string(),
  grant_type: z.string(),
  exp: z.number(),
  aud: z.union([z.string(), z.array(z.string())]).default([]),
  scope: z.array(z.string()).default([]),
  user_name: z.string().optional(),
  email: z.string().optional(),
  origin: z.string().optional(),
});
export type Claims = z.infer<typeof claims>;

/** Checks a token as an application does with @sap/xssec 4.15.0; undefined = not to be accepted, for whatever reason. */
export type TokenValidator = (token: string, binding: Binding) => Promise<Claims | undefined>;

export function createTokenValidator(ctx: Pick<EmulatorContext, 'fetch' | 'now'>): TokenValidator {
  const verify = createTokenVerifier({ fetch: ctx.fetch, now: () => ctx.now() - LEEWAY_MS });
  return async (token, binding) => {
    try {
      // Neither `jku` nor `iss` is looked at (XsuaaService): keys are those of the zone that the token names.
      if (decodeProtectedHeader(token).kid === undefined) return undefined;
      const zone = claims.parse(decodeJwt(token)).zid;
      const keys = `https://${uaaDomain(binding.region)}/token_keys?zid=${encodeURIComponent(zone)}`;
      const found = claims.parse(await verify(token, keys));
      return acceptsAudience(found, binding) ? found : undefined;
    } catch {
      return undefined;
    }
  };
}

/** XsuaaService.acceptsTokenAudience: by audience, or by scope where there is none, and by the client itself. */
function acceptsAudience({ aud, scope, cid }: Claims, { clientId, appId }: Binding): boolean {
  const named = [aud].flat();
  const audiences = [...(named.length > 0 ? named : scope), cid];
  const within = (owner: string) => audiences.some((name) => name === owner || name.startsWith(`${owner}.`));
  const byBroker = clientId.includes('!b') && audiences.some((name) => name.endsWith(`|${appId}`));
  return within(clientId) || within(appId) || byBroker;
}

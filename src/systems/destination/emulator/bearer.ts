import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../protocols/oauth/emulator/token-verifier.ts';
import { unauthorized } from './errors.ts';
import type { Store } from './store.ts';

/** Who calls: the tenant and the service instance that the token was issued for. */
export interface Caller {
  /** GUID of the subaccount; of a subscriber when the token comes from its subdomain. */
  readonly zone: string;
  /** Absent for a token without a service instance. */
  readonly instance?: string;
  /** GUID of the subaccount where the service instance is: another one than `zone` for a subscriber's token. */
  readonly provider: string;
  /** The token, when it is a user's. */
  readonly userToken?: string;
}

const claims = z.looseObject({
  zid: z.string(),
  cid: z.string(),
  user_id: z.string().optional(),
  ext_attr: z.looseObject({ serviceinstanceid: z.string().optional() }).optional(),
});

/**
 * Verifies tokens of the region's XSUAA. No scopes are checked: whoever owns a service key may read and write (OpenAPI 1.0.0,
 * `scopes: {}`). That a token of another region or of another service's client is refused is assumed; so is one of IAS, which the
 * service takes in v1 over mTLS from an instance that consumes it (btp-connectivity:ce25f2b).
 */
export function createBearer(ctx: Pick<EmulatorContext, 'fetch' | 'now'>, store: Store) {
  const verify = createTokenVerifier(ctx);

  return async (authorization: string | undefined, region: string): Promise<Caller> => {
    const token = bearerOf(authorization);
    if (token === undefined) throw unauthorized();
    try {
      const { host } = new URL(decodeJwt(token).iss ?? '');
      if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw unauthorized();
      const { zid, cid, user_id: user, ext_attr } = claims.parse(await verify(token, `https://${host}/token_keys`));
      if (!cid.includes('|destination-xsappname!b')) throw unauthorized();
      const instance = ext_attr?.serviceinstanceid;
      return {
        zone: zid,
        provider: store.keys.by('client', cid)[0]?.zone ?? zid,
        ...(instance === undefined ? {} : { instance }),
        ...(user === undefined ? {} : { userToken: token }),
      };
    } catch {
      // Whatever is wrong with it, the service says no more than this.
      throw unauthorized();
    }
  };
}

/** Whether a token claims to be one of an IAS tenant. */
export function claimsIas(ctx: Pick<EmulatorContext, 'world'>, authorization: string | undefined): boolean {
  try {
    const { host } = new URL(decodeJwt(bearerOf(authorization) ?? '').iss ?? '');
    return (
      ctx.world
        .find('identity')
        ?.tenants()
        .some((tenant) => tenant.host === host) ?? false
    );
  } catch {
    return false;
  }
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
}

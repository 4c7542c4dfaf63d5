import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../protocols/oauth/emulator.ts';
import { unauthorized } from './errors.ts';

/** Who calls: the tenant and the service instance that the token was issued for. */
export interface Caller {
  /** GUID of the subaccount; of a subscriber when the token comes from its subdomain. */
  readonly zone: string;
  /** Absent for a token without a service instance. */
  readonly instance?: string;
}

const claims = z.looseObject({
  zid: z.string(),
  cid: z.string(),
  ext_attr: z.looseObject({ serviceinstanceid: z.string().optional() }).optional(),
});

/**
 * Verifies tokens of the region's XSUAA. No scopes are checked: whoever owns a service key may read and write (OpenAPI 1.0.0,
 * `scopes: {}`). That a token of another region or of another service's client is refused is assumed.
 */
export function createBearer(ctx: Pick<EmulatorContext, 'fetch' | 'now'>) {
  const verify = createTokenVerifier(ctx);

  return async (authorization: string | undefined, region: string): Promise<Caller> => {
    const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized();
    try {
      const { host } = new URL(decodeJwt(token).iss ?? '');
      if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw unauthorized();
      const { zid, cid, ext_attr } = claims.parse(await verify(token, `https://${host}/token_keys`));
      if (!cid.includes('|destination-xsappname!b')) throw unauthorized();
      const instance = ext_attr?.serviceinstanceid;
      return { zone: zid, ...(instance === undefined ? {} : { instance }) };
    } catch {
      // Whatever is wrong with it, the service says no more than this.
      throw unauthorized();
    }
  };
}

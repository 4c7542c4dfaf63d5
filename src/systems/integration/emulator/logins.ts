import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { xsuaaUrl } from './addresses.ts';
import type { Tenant } from './store.ts';

const answer = z.looseObject({ access_token: z.string() });

/** Token of whom a Basic header names; undefined = refused, `unavailable` = nobody can say. */
export type Login = { readonly token: string } | 'refused' | 'unavailable';

/**
 * Turns a Basic header into a token of the subaccount's XSUAA: client id and secret of a service key (is:647eeb3), or a
 * user of the default identity provider for non-interactive logon (is:5d46e56, is:0668507).
 */
export async function logIn(
  ctx: Pick<EmulatorContext, 'fetch'>,
  tenant: Tenant,
  name: string,
  password: string,
): Promise<Login> {
  const isKey = tenant.keys.includes(name);
  const body = new URLSearchParams(
    isKey
      ? { grant_type: 'client_credentials', client_id: name, client_secret: password }
      : { grant_type: 'password', client_id: tenant.clientId, client_secret: tenant.clientSecret },
  );
  if (!isKey) for (const [field, value] of Object.entries({ username: name, password })) body.set(field, value);
  const response = await ctx.fetch(`${xsuaaUrl(tenant)}/oauth/token`, { method: 'POST', body }).catch(() => undefined);
  if (response?.status === 200) return { token: answer.parse(await response.json()).access_token };
  return response && response.status < 500 ? 'refused' : 'unavailable';
}

import { STATUS_CODES } from 'node:http';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { accessTokenClaims, root } from '../../../protocols/cf-v3/wire.ts';
import { createTokenVerifier } from '../../../protocols/oauth/emulator/token-verifier.ts';
import { loginHint, tokenResponse } from '../../../protocols/oauth/wire.ts';
import { DeployFault, filterFault } from './errors.ts';

/** Who calls, with the token by which the Cloud Controller is asked on the caller's behalf. */
export interface Caller {
  readonly landscape: string;
  readonly userGuid: string;
  readonly userName: string;
  readonly token: string;
  readonly admin: boolean;
}

/** A failed request for a token is repeated, whatever the failure (multiapps-controller, OAuthClient). */
const RETRIES = 3;
const RETRY_INTERVAL_MS = 3000;

const userClaims = accessTokenClaims.extend({ user_id: z.string() });

export function apiUrl(landscape: string): string {
  return `https://api.cf.${landscape}.hana.ondemand.com`;
}

type Services = Pick<EmulatorContext, 'fetch' | 'now' | 'sleep' | 'switched'>;

/** Authenticates a request by its header (multiapps-controller, AuthenticationLoaderFilter and its token generators). */
export function createAuthentication(ctx: Services): (request: Request, landscape: string) => Promise<Caller> {
  const verify = createTokenVerifier(ctx);

  async function fromBearer(token: string, landscape: string): Promise<z.infer<typeof userClaims>> {
    const { exp } = readClaims(token);
    if (exp * 1000 < ctx.now()) {
      throw filterFault(401, `The token has expired on: "${new Date(exp * 1000).toISOString().replace('.000', '')}"`);
    }
    try {
      return userClaims.parse(await verify(token, `https://uaa.cf.${landscape}.hana.ondemand.com/token_keys`));
    } catch {
      throw new DeployFault(401);
    }
  }

  /**
   * Logs the user in. `mail@@origin` names the identity provider (since September 2025). A refused login is tried four
   * times in nine seconds, and each of them counts where the password is checked.
   */
  async function fromBasic(encoded: string, landscape: string): Promise<string> {
    // Off by default, on at SAP: CTMS documents destinations with BasicAuthentication (6b7c9d8).
    if (!ctx.switched('ctms.deployServiceBasic', true)) {
      // "Basic authentication is not enabled, use OAuth2" goes to the log only; the answer is empty.
      throw new DeployFault(403);
    }
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) throw new DeployFault(401);
    const [userName = '', origin] = text.slice(0, colon).split(/@@(.*)/s);
    const form = new URLSearchParams({
      client_id: 'cf',
      grant_type: 'password',
      client_secret: '',
      username: userName,
      password: text.slice(colon + 1),
      response_type: 'token',
      ...(origin === undefined ? {} : { login_hint: loginHint(origin) }),
    });
    const url = `${await authorizationEndpoint(landscape)}/oauth/token`;
    for (let attempt = 0; ; attempt++) {
      const response = await ctx.fetch(url, { method: 'POST', body: form }).catch(() => undefined);
      if (response?.ok) return tokenResponse.parse(await response.json()).access_token;
      if (attempt >= RETRIES) {
        if (!response) throw new DeployFault(500);
        throw filterFault(
          response.status,
          `${response.status} ${STATUS_CODES[response.status] ?? ''} from POST ${url}`,
        );
      }
      await ctx.sleep(RETRY_INTERVAL_MS);
    }
  }

  async function authorizationEndpoint(landscape: string): Promise<string> {
    const response = await ctx.fetch(`${apiUrl(landscape)}/`).catch(() => undefined);
    if (!response?.ok) throw new DeployFault(500);
    return root.parse(await response.json()).links.login.href;
  }

  return async (request, landscape) => {
    const header = request.headers.get('authorization');
    if (header === null) throw filterFault(401, 'No Authorization header was provided!');
    const [scheme = '', credentials = '', ...more] = header.trim().split(/\s+/);
    if (credentials === '' || more.length > 0) {
      throw filterFault(401, 'Invalid Authorization header was provided!');
    }
    const kind = scheme.toLowerCase();
    if (kind !== 'basic' && kind !== 'bearer') throw new DeployFault(401);
    const token = kind === 'basic' ? await fromBasic(credentials, landscape) : credentials;
    const claims = await fromBearer(token, landscape);
    const admin = claims.scope.includes('cloud_controller.admin');
    const needed = request.method === 'GET' ? 'cloud_controller.read' : 'cloud_controller.write';
    if (!admin && !claims.scope.includes(needed)) throw new DeployFault(403);
    return { landscape, userGuid: claims.user_id, userName: claims.user_name ?? claims.user_id, token, admin };
  };
}

function readClaims(token: string): z.infer<typeof userClaims> {
  try {
    return userClaims.parse(decodeJwt(token));
  } catch {
    throw new DeployFault(401);
  }
}

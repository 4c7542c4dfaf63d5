import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Zone } from '../../../emulation/world.ts';
import { passwordCheck } from '../../protocols/btp-cli/emulator/password.ts';
import type { TokenRequest } from '../../protocols/oauth/emulator.ts';
import { createTokenKeys, type TokenKeys } from '../../protocols/oauth/emulator.ts';
import { canonicalOrigin, type ZoneDirectory } from './directory.ts';
import { settingsOf } from './settings.ts';
import { type AuthzStore, keyOf, type OAuthClient } from './store.ts';
import { xsuaaUrl } from './xsuaa-addresses.ts';

/** 43,199 and not 43,200: the second is spent when the answer is written (btp:fda1027). */
const TOKEN_LIFETIME_S = 43_199;

export type TokenAnswer =
  | { readonly status: 200; readonly body: Readonly<Record<string, unknown>> }
  | { readonly status: 400 | 401; readonly body: { readonly error: string; readonly error_description: string } };

/** The token endpoint of a zone's XSUAA (notes destination R3; UAA's error vocabulary, notes destination §1.9). */
export interface Xsuaa {
  token(zone: Zone, request: TokenRequest): Promise<TokenAnswer>;
  keys(zone: Zone): TokenKeys;
}

export function createXsuaa(ctx: EmulatorContext, store: AuthzStore, directory: ZoneDirectory): Xsuaa {
  const keys = (zone: Zone) => createTokenKeys(ctx, `xsuaa/${zone.guid}`);

  async function issue(zone: Zone, client: OAuthClient, grantType: string, user?: TokenUser): Promise<TokenAnswer> {
    const issuedAt = Math.floor(ctx.now() / 1000);
    const jti = ctx.id().replaceAll('-', '');
    const scope = user ? ['openid', ...client.scopes] : [...client.scopes];
    const prefixes = scope.flatMap((name) => (name.includes('.') ? [name.slice(0, name.lastIndexOf('.'))] : []));
    const access_token = await keys(zone).sign(
      {
        jti,
        ext_attr: {
          enhancer: 'XSUAA',
          subaccountid: zone.guid,
          zdn: zone.subdomain,
          ...(client.serviceInstanceId === undefined ? {} : { serviceinstanceid: client.serviceInstanceId }),
        },
        sub: user?.id ?? client.clientId,
        ...(user ? {} : { authorities: client.scopes }),
        scope,
        client_id: client.clientId,
        cid: client.clientId,
        azp: client.clientId,
        grant_type: grantType,
        ...(user ? { user_id: user.id, origin: user.originKey, user_name: user.userName, email: user.email } : {}),
        iat: issuedAt,
        exp: issuedAt + TOKEN_LIFETIME_S,
        iss: `${xsuaaUrl(zone)}/oauth/token`,
        zid: zone.guid,
        aud: [...new Set([...prefixes, client.clientId])],
      },
      { jku: `${xsuaaUrl(zone)}/token_keys` },
    );
    const body = { access_token, token_type: 'bearer', expires_in: TOKEN_LIFETIME_S, scope: scope.join(' '), jti };
    return { status: 200, body };
  }

  async function logIn(zone: Zone, params: URLSearchParams): Promise<TokenUser | TokenAnswer> {
    const hinted = originOf(params.get('login_hint'));
    const originKey = canonicalOrigin(hinted ?? settingsOf(store, zone).defaultIdp);
    const provider = directory.provider(zone.guid, originKey);
    if (!provider?.active) {
      return refused(
        'unauthorized',
        'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
      );
    }
    const checked = await passwordCheck(ctx, provider, params.get('username') ?? '', params.get('password') ?? '');
    if (checked.status !== 'accepted') return refused('unauthorized', 'Bad credentials');
    if (!directory.user(zone.guid, originKey, checked.mail) && !provider.createShadowUsers) {
      // btp:65c62c9
      return refused('unauthorized', 'The user account must be pre-created. Please contact your system administrator.');
    }
    return directory.ensureUser(zone.guid, originKey, checked.mail);
  }

  return {
    keys,
    async token(zone, { params, client: sent }) {
      const known = sent ? store.clients.by('client', keyOf(zone.guid, sent.id)) : [];
      const client = known.find((one) => one.clientSecret === sent?.secret);
      if (!client) return refused('invalid_client', 'Bad credentials');
      const grantType = params.get('grant_type') ?? '';
      if (grantType === 'client_credentials') return issue(zone, client, grantType);
      if (grantType === 'password') {
        const user = await logIn(zone, params);
        return 'status' in user ? user : issue(zone, client, grantType, user);
      }
      return {
        status: 400,
        body: { error: 'unsupported_grant_type', error_description: `Unsupported grant type: ${grantType}` },
      };
    },
  };
}

interface TokenUser {
  readonly id: string;
  readonly userName: string;
  readonly email: string;
  readonly originKey: string;
}

function refused(error: string, error_description: string): TokenAnswer {
  return { status: 401, body: { error, error_description } };
}

/** `{"origin":"sap.custom"}`; anything else is no hint. */
function originOf(hint: string | null): string | undefined {
  if (hint === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(hint);
    if (parsed !== null && typeof parsed === 'object' && 'origin' in parsed) return String(parsed.origin);
  } catch {
    return undefined;
  }
  return undefined;
}

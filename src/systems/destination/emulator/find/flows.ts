import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { missingFor } from '../catalogue.ts';
import { notEmulated } from '../errors.ts';
import type { Properties } from '../store.ts';
import { callTokenService, failed, type Grant, type TokenResponse, type TokenService } from './token-call.ts';
import type { UserToken } from './user-token.ts';

/** What the request to find hands in for one authentication type or another (headers of OpenAPI 1.0.0). */
export interface HandedIn {
  readonly userToken?: string;
  readonly subjectToken?: string;
  readonly subjectTokenType?: string;
  readonly actorToken?: string;
  readonly actorTokenType?: string;
  readonly samlAssertion?: string;
  readonly refreshToken?: string;
  readonly code?: string;
  readonly redirectUri?: string;
  readonly codeVerifier?: string;
}

/** What a flow works with beside the token service. */
export interface FlowInput {
  readonly handedIn: HandedIn;
  user(): Promise<UserToken>;
  /** A SAML assertion for the user, signed by the subaccount or by the destination's own key. */
  assertion(): Promise<string>;
}

type Flow = (properties: Properties, input: FlowInput) => Grant | Promise<Grant>;

const GRANT = 'urn:ietf:params:oauth:grant-type';

const NO_REFRESH_TOKEN = 'Unable to fetch refresh token from the specified token service URL.';

const clientCredentials: Flow = () => ({ form: { grant_type: 'client_credentials' } });

const FLOWS: ReadonlyMap<string, Flow> = new Map<string, Flow>(
  Object.entries<Flow>({
    OAuth2Password: ({ User = '', Password = '' }) => ({
      form: { grant_type: 'password', username: User, password: Password },
    }),
    OAuth2ClientCredentials: clientCredentials,
    // btp-connectivity:8634e21: the client credentials flow; the token goes into a header of its own.
    OAuth2TechnicalUserPropagation: clientCredentials,
    OAuth2JWTBearer: async (_, { user }) => ({
      form: { grant_type: `${GRANT}:jwt-bearer`, assertion: (await user()).text },
    }),
    OAuth2SAMLBearerAssertion: async ({ clientKey = '', companyId, ...properties }, { assertion }) => ({
      form: {
        grant_type: `${GRANT}:saml2-bearer`,
        assertion: Buffer.from(await assertion()).toString(encodingOf(properties, 'base64url')),
        ...(companyId === undefined ? {} : { company_id: companyId }),
      },
      clientId: clientKey,
    }),
    OAuth2RefreshToken: (_, { handedIn }) => ({
      form: { grant_type: 'refresh_token', refresh_token: needed(handedIn.refreshToken, 'X-refresh-token') },
    }),
    OAuth2AuthorizationCode: (_, { handedIn: { code, redirectUri, codeVerifier } }) => ({
      form: {
        grant_type: 'authorization_code',
        code: needed(code, 'X-code'),
        ...(redirectUri === undefined ? {} : { redirect_uri: decoded(redirectUri) }),
        ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
      },
    }),
    // RFC 8693.
    OAuth2TokenExchange: (_, { handedIn }) => ({
      form: {
        grant_type: `${GRANT}:token-exchange`,
        subject_token: needed(handedIn.subjectToken, 'X-subject-token'),
        subject_token_type: needed(handedIn.subjectTokenType, 'X-subject-token-type'),
        ...(handedIn.actorToken === undefined ? {} : { actor_token: handedIn.actorToken }),
        ...(handedIn.actorTokenType === undefined ? {} : { actor_token_type: handedIn.actorTokenType }),
      },
    }),
  }),
);

/** How an assertion is written (`samlAssertionEncoding`: btp-connectivity:c69ea6a, d81e168; each type has its own default). */
export function encodingOf({ samlAssertionEncoding: wanted }: Properties, fallback: Encoding): Encoding {
  return ENCODINGS.find((known) => known === wanted) ?? fallback;
}

const ENCODINGS = ['base64', 'base64url'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** Whether a flow exchanges a user's token, whose tenant then completes a `Common` token service URL. */
export function exchangesUser(authentication: string): boolean {
  return ['OAuth2JWTBearer', 'OAuth2UserTokenExchange', 'OAuth2SAMLBearerAssertion'].includes(authentication);
}

/** Gets a token as the authentication type says. @throws TokenFailure when there is none */
export async function runFlow(
  ctx: Pick<EmulatorContext, 'fetch' | 'now'>,
  service: TokenService,
  input: FlowInput,
): Promise<TokenResponse> {
  const { properties } = service;
  const { Authentication: kind = '' } = properties;
  const [missing] = missingFor(properties);
  // assumed: the words.
  if (missing !== undefined) throw failed(`property ${missing} is missing`);
  if (kind === 'OAuth2UserTokenExchange') return userTokenExchange(ctx, service, await input.user());
  const flow = FLOWS.get(kind);
  if (!flow) throw notEmulated(`token retrieval of ${kind}`);
  return callTokenService(ctx, service, await flow(properties, input));
}

/** First a refresh token for the other client, then its access token (btp-connectivity:e3c333f; UAA, grant `user_token`). */
async function userTokenExchange(
  ctx: Pick<EmulatorContext, 'fetch' | 'now'>,
  service: TokenService,
  user: UserToken,
): Promise<TokenResponse> {
  const first = await callTokenService(ctx, service, {
    form: { grant_type: 'user_token', response_type: 'token' },
    bearer: user.text,
    // cloud-sdk-js issue 4213.
    refusal: NO_REFRESH_TOKEN,
  });
  if (first.refresh_token === undefined) throw failed(NO_REFRESH_TOKEN);
  return callTokenService(ctx, service, {
    form: { grant_type: 'refresh_token', refresh_token: first.refresh_token },
  });
}

function needed(value: string | undefined, header: string): string {
  // assumed: the words.
  if (value === undefined || value === '') throw failed(`header ${header} is missing`);
  return value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { createHash } from 'node:crypto';
import { invalidClient, UaaError } from '../errors.ts';
import { authoritiesOf } from '../groups.ts';
import type { Logon, UaaClient, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { issueAuthorizationCode } from '../tokens/codes.ts';
import { ChallengeError, challengeOf } from '../tokens/pkce.ts';
import { grantScopes, scopesOf } from '../tokens/scopes.ts';
import { decisionsOf, isAutoApproved, noteDecisions } from './approvals.ts';
import { resolveRedirect } from './redirects.ts';

const RESPONSE_TYPES = ['code', 'token', 'id_token'];

/** Somebody who is signed in. */
export interface Visitor {
  readonly user: UaaUser;
  readonly logon: Logon;
}

/** What becomes of an authorization request. */
export type AuthorizationAnswer =
  | {
      readonly kind: 'redirect';
      readonly location: string;
      /** Who redirects: the endpoint, or one that refuses before it. @default endpoint */
      readonly by?: 'filter' | 'refusal';
    }
  /** Nobody is signed in yet. */
  | { readonly kind: 'sign-in' }
  /** The user must decide about these scopes first. */
  | { readonly kind: 'approval'; readonly client: UaaClient; readonly scopes: readonly string[]; readonly to: string }
  /** Nowhere to redirect to, or not safe: a page says what is wrong. */
  | { readonly kind: 'refused'; readonly status: number; readonly error: string; readonly text: string };

/** The user's answer to the approval page. */
export interface Verdict {
  readonly approved: boolean;
  readonly scopes: ReadonlySet<string>;
}

/** `/oauth/authorize` (UAA UaaAuthorizationEndpoint), checks in its order. */
export async function authorize(
  uaa: Uaa,
  params: URLSearchParams,
  visitor: Visitor | undefined,
  verdict?: Verdict,
): Promise<AuthorizationAnswer> {
  const client = uaa.store.client(uaa.landscape, params.get('client_id') ?? '');
  const silent = params.get('prompt') === 'none';
  if (!visitor) return silent ? loginRequired(uaa, client, params) : { kind: 'sign-in' };
  if (!client) return { kind: 'refused', status: 401, error: 'invalid_client', text: 'Bad client credentials' };
  if (client.allowedProviders && !client.allowedProviders.includes(visitor.user.origin)) {
    const text = 'The application is not authorized for your account.';
    return { kind: 'refused', status: 401, error: 'unauthorized_client', text };
  }
  let to: string;
  try {
    to = resolveRedirect(client, params.get('redirect_uri'));
  } catch (error) {
    if (!(error instanceof UaaError)) throw error;
    return { kind: 'refused', status: error.status, error: error.error, text: error.message };
  }
  const types = responseTypes(params);
  try {
    return await answered(uaa, { client, to, types, params, visitor, silent, verdict });
  } catch (error) {
    if (!(error instanceof UaaError)) throw error;
    if (error instanceof ChallengeError) {
      return { kind: 'refused', status: error.status, error: error.error, text: error.message };
    }
    return failed(to, params, types, error);
  }
}

interface Request {
  readonly client: UaaClient;
  readonly to: string;
  readonly types: readonly string[];
  readonly params: URLSearchParams;
  readonly visitor: Visitor;
  readonly silent: boolean;
  readonly verdict: Verdict | undefined;
}

async function answered(uaa: Uaa, request: Request): Promise<AuthorizationAnswer> {
  const { client, to, types, params, visitor, silent, verdict } = request;
  const requested = grantScopes(client, authoritiesOf(uaa.store, visitor.user), scopesOf(params));
  if (types.some((type) => !RESPONSE_TYPES.includes(type))) {
    throw new UaaError(400, 'unsupported_response_type', 'Unsupported response types');
  }
  const challenge = challengeOf(params);
  if (types.length === 0) {
    throw new UaaError(400, 'invalid_request', 'Missing response_type in authorization request');
  }
  const scopes = approvedScopes(uaa, request, requested);
  if (scopes === 'undecided') {
    if (silent) return { kind: 'redirect', location: withFragment(to, [['error', 'interaction_required']]) };
    return { kind: 'approval', client, scopes: decisionsOf(uaa, client, visitor.user, requested).undecided, to };
  }
  if (scopes.length === 0 || verdict?.approved === false) {
    throw new UaaError(403, 'access_denied', 'User denied access');
  }
  const nonce = params.get('nonce') ?? undefined;
  const code = () =>
    issueAuthorizationCode(uaa, {
      ...visitor.logon,
      clientId: client.id,
      scopes,
      redirectUri: to,
      redirectNamed: params.has('redirect_uri'),
      ...(challenge === undefined ? {} : { challenge }),
      ...(nonce === undefined ? {} : { nonce }),
    });
  if (types.length === 1 && types[0] === 'code') {
    return { kind: 'redirect', location: withQuery(to, [['code', code()], ...stateOf(params)]) };
  }
  return {
    kind: 'redirect',
    location: await withTokens(uaa, request, scopes, types.includes('code') ? code : undefined),
  };
}

/** Implicit and hybrid answers: the tokens stand in the fragment, where the server of the application never sees them. */
async function withTokens(
  uaa: Uaa,
  { client, to, types, params, visitor, silent }: Request,
  scopes: readonly string[],
  code: (() => string) | undefined,
): Promise<string> {
  const implicit = types.includes('token') || code === undefined;
  const grantType = implicit ? 'implicit' : 'authorization_code';
  if (!client.grantTypes.includes(grantType)) throw invalidClient('Unauthorized grant type');
  const nonce = params.get('nonce') ?? undefined;
  const tokens = await uaa.tokens.forUser({
    client,
    user: visitor.user,
    scopes,
    // The id token that comes with a code counts as one of that grant; neither brings a refresh token along.
    grantType: 'implicit',
    authTime: visitor.logon.authTime,
    amr: visitor.logon.amr,
    clientAuth: 'secret',
    opaque: params.get('token_format') === 'opaque',
    ...(nonce === undefined ? {} : { nonce }),
  });
  const asked = scopesOf(params);
  const sameScopes = asked?.length === scopes.length && asked.every((scope) => scopes.includes(scope));
  return withFragment(to, [
    ['token_type', tokens.token_type],
    ...(types.includes('token') ? [['access_token', tokens.access_token ?? ''] as const] : []),
    ...(types.includes('id_token') && tokens.id_token ? [['id_token', tokens.id_token] as const] : []),
    ...(code === undefined ? [] : [['code', code()] as const]),
    ...stateOf(params),
    ['expires_in', String(tokens.expires_in)],
    ...(sameScopes ? [] : [['scope', scopes.join(' ')] as const]),
    ['jti', tokens.jti],
    ...(silent ? [['session_state', sessionState(uaa, client.id, to, visitor.user.id)] as const] : []),
  ]);
}

function approvedScopes(
  uaa: Uaa,
  { client, visitor, verdict }: Request,
  requested: readonly string[],
): readonly string[] | 'undecided' {
  if (verdict?.approved) {
    noteDecisions(uaa, client, visitor.user, requested, verdict.scopes);
    return requested.filter((scope) => isAutoApproved(client, scope) || verdict.scopes.has(scope));
  }
  if (verdict) return [];
  const { approved, undecided } = decisionsOf(uaa, client, visitor.user, requested);
  return undecided.length > 0 ? 'undecided' : approved;
}

/** `prompt=none` of somebody who is not signed in. */
function loginRequired(uaa: Uaa, client: UaaClient | undefined, params: URLSearchParams): AuthorizationAnswer {
  const refused = { kind: 'refused', status: 400, error: 'invalid_request', text: 'Invalid request' } as const;
  if (!client) return refused;
  try {
    const to = resolveRedirect(client, params.get('redirect_uri'));
    const error: Pairs = [
      ['error', 'login_required'],
      ['session_state', sessionState(uaa, client.id, to, '')],
    ];
    const inQuery = responseTypes(params).includes('code');
    return { kind: 'redirect', location: inQuery ? withQuery(to, error) : withFragment(to, error), by: 'filter' };
  } catch (error) {
    if (error instanceof UaaError) return refused;
    throw error;
  }
}

function failed(to: string, params: URLSearchParams, types: readonly string[], error: UaaError): AuthorizationAnswer {
  const pairs: Pairs = [['error', error.error], ['error_description', error.message], ...stateOf(params)];
  const location = types.includes('token') ? withFragment(to, pairs) : withQuery(to, pairs);
  const late = error.error === 'invalid_request' || error.error === 'invalid_client';
  return { kind: 'redirect', location, ...(late ? {} : { by: 'refusal' }) };
}

function responseTypes(params: URLSearchParams): readonly string[] {
  return (params.get('response_type') ?? '').split(' ').filter((type) => type !== '');
}

type Pairs = readonly (readonly [string, string])[];

function stateOf(params: URLSearchParams): Pairs {
  const state = params.get('state');
  return state === null ? [] : [['state', state]];
}

const encoded = (pairs: Pairs) => pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');

function withQuery(uri: string, pairs: Pairs): string {
  const [base = '', fragment] = uri.split('#', 2);
  const joint = base.includes('?') ? '&' : '?';
  return `${base}${joint}${encoded(pairs)}${fragment === undefined ? '' : `#${fragment}`}`;
}

function withFragment(uri: string, pairs: Pairs): string {
  const [base = '', fragment] = uri.split('#', 2);
  return `${base}#${fragment ? `${fragment}&` : ''}${encoded(pairs)}`;
}

/** OpenID Connect Session Management: what an application compares to notice that somebody signed out. */
function sessionState({ ctx }: Uaa, clientId: string, redirectUri: string, userId: string): string {
  const salt = Buffer.from(ctx.random(32)).toString('hex');
  const origin = URL.canParse(redirectUri) ? new URL(redirectUri).origin : '';
  const hash = createHash('sha256').update(`${clientId} ${origin} ${userId} ${salt}`).digest('hex');
  return `${hash}.${salt}`;
}

import type { Services } from '../services.ts';
import { applicationOfClient, type StoredApplication, type Tenant } from '../store.ts';
import { issuerOf } from './claims.ts';
import { mayReturn } from './redirect-uris.ts';
import { settingsOf } from './settings.ts';
import type { StoredCode } from './store.ts';
import { readScope } from './wishes.ts';

/** A request of the authorization endpoint that may go on (ias 94ff0b4, a721157). */
export interface AuthorizationRequest {
  readonly application: StoredApplication;
  readonly redirectUri: string;
  readonly responseType: 'code' | 'id_token' | 'token';
  readonly scope: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly challenge: StoredCode['challenge'];
  /** `login` = the user signs in again whatever the session is; `none` = nobody is asked anything. */
  readonly prompt: ReadonlySet<string>;
  /** Seconds. */
  readonly maxAge: number | undefined;
  readonly loginHint: string | undefined;
  /** Identity provider that the client wants, or `local`. */
  readonly idp: string | undefined;
  readonly appTid: string | undefined;
}

/** A request that must not lead back to whoever it names: the browser stays here. */
export class UnsafeRequest extends Error {
  override readonly name = 'UnsafeRequest';
}

/** A request that the client is told about at its redirect URI. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly location: string;

  constructor(to: Answerable, error: string, description: string) {
    super(description);
    this.location = answerLocation(to, { error, error_description: description });
  }
}

type Answerable = Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'> & { readonly issuer: string };

/** Where the browser goes with an answer: in the query for a code, in the fragment for tokens. */
export function answerLocation(
  { redirectUri, responseType, state, issuer }: Answerable,
  answer: Readonly<Record<string, string>>,
): string {
  const fields = new URLSearchParams({
    ...answer,
    ...(state === undefined ? {} : { state }),
    // ias c297516: authorization_response_iss_parameter_supported.
    iss: issuer,
  });
  if (responseType !== 'code') return `${redirectUri}#${fields}`;
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${fields}`;
}

/** Reads and checks a request. @throws UnsafeRequest, RefusedRequest */
export function readAuthorization(services: Services, tenant: Tenant, params: URLSearchParams): AuthorizationRequest {
  const clientId = params.get('client_id') ?? '';
  const application = applicationOfClient(services.store, tenant.id, clientId);
  if (!application) throw new UnsafeRequest('The client_id is unknown.');
  const redirectUri = params.get('redirect_uri') ?? '';
  const { redirectUris, grantTypes, enforcePkce, publicClient } = settingsOf(tenant, application);
  if (!mayReturn(application, redirectUris, redirectUri)) {
    throw new UnsafeRequest('The redirect_uri is not registered.');
  }
  const state = params.get('state') ?? undefined;
  const asked = params.get('response_type') ?? '';
  const implicit = asked === 'id_token' || asked === 'token';
  const responseType = implicit ? asked : 'code';
  const answerable = { redirectUri, responseType, state, issuer: issuerOf(tenant, application) } as const;
  const refuse = (error: string, description: string): never => {
    throw new RefusedRequest(answerable, error, description);
  };
  if (!implicit && asked !== 'code') refuse('unsupported_response_type', 'The response_type is not supported');
  if (!grantTypes.includes(implicit ? 'implicit' : 'authorization_code')) {
    refuse('unauthorized_client', 'The grant type is not allowed for the client');
  }
  const challenge = readChallenge(params, refuse);
  if (responseType === 'code' && enforcePkce && challenge?.method !== 'S256') {
    refuse('invalid_request', 'A code_challenge with S256 is needed');
  }
  if (responseType === 'code' && publicClient && !challenge) refuse('invalid_request', 'A code_challenge is needed');
  const nonce = params.get('nonce') ?? undefined;
  // OpenID Connect Core §3.2.2.1.
  if (responseType === 'id_token' && nonce === undefined) refuse('invalid_request', 'A nonce is needed');
  const age = params.get('max_age');
  if (age !== null && !/^\d{1,9}$/.test(age)) refuse('invalid_request', 'max_age is no number');
  const prompt = new Set((params.get('prompt') ?? '').split(' ').filter((one) => one !== ''));
  if (prompt.has('none') && prompt.size > 1) refuse('invalid_request', 'prompt none stands alone');
  return {
    application,
    redirectUri,
    responseType,
    scope: readScope(params.get('scope')),
    state,
    nonce,
    challenge,
    prompt,
    maxAge: age === null ? undefined : Number(age),
    loginHint: params.get('login_hint') ?? undefined,
    idp: params.get('idp') ?? undefined,
    appTid: params.get('app_tid') ?? undefined,
  };
}

/** RFC 7636 §4.2: 43 to 128 characters. */
const CHALLENGE = /^[\w.~-]{43,128}$/;

function readChallenge(
  params: URLSearchParams,
  refuse: (error: string, description: string) => never,
): StoredCode['challenge'] {
  const value = params.get('code_challenge');
  const method = params.get('code_challenge_method') ?? 'plain';
  if (value === null) {
    return params.has('code_challenge_method') ? refuse('invalid_request', 'The code_challenge is missing') : undefined;
  }
  if (method !== 'plain' && method !== 'S256') return refuse('invalid_request', 'The code_challenge_method is unknown');
  return CHALLENGE.test(value) ? { value, method } : refuse('invalid_request', 'The code_challenge is malformed');
}

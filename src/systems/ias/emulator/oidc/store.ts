import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';
import type { JsonObject } from '../../../../kernel/json.ts';
import type { GrantType } from '../rows/application-settings.ts';

/** Who a token is about, beside clients. */
export type Subject =
  | { readonly kind: 'user'; readonly id: string }
  /** A user of a corporate identity provider whom the tenant does not know: claims as that one sent them. */
  | { readonly kind: 'corporate'; readonly provider: string; readonly claims: JsonObject };

/** How somebody authenticated, with what counts for the tokens of it. */
export interface Authentication {
  readonly subject: Subject;
  /** Epoch milliseconds. */
  readonly authenticatedAt: number;
  /** Authentication methods (RFC 8176): `pwd`, `otp`, `x509`, `ext`. */
  readonly amr: readonly string[];
}

/**
 * What a client may do for a user within one session. Access, ID and refresh tokens belong to it and end with it: that
 * is what revocation ends (ias 3501e42).
 */
export interface Grant extends Authentication {
  readonly tenant: string;
  readonly clientId: string;
  /** Claim `sid`; that of the browser's session, or one of its own. */
  readonly sid: string;
  /** Whether it ends with the browser's session: unless it is offline access (ias c4ba52e). */
  readonly bound: boolean;
  readonly scope: readonly string[];
  readonly grantType: GrantType;
  readonly clientAuthMethod: string;
  /** What the client asked for once and is kept for refreshing (ias c62c09e). */
  readonly tokenFormat?: 'jwt' | 'opaque';
  readonly appTid?: string;
  /** Time after which nothing is refreshed or exchanged. */
  readonly exchangeUntil: number;
  readonly createdAt: number;
  /** When the last of its tokens ends. */
  readonly expiresAt: number;
  /** Makes each refresh token from the one before it. */
  readonly seed: string;
}

export interface StoredRefreshToken {
  /** Digest of its text. */
  readonly id: string;
  readonly tenant: string;
  /** Key of its {@link Grant}. */
  readonly grant: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Set once it was used and may be used again (ias c4ba52e); then its successor has been given out. */
  readonly used?: boolean;
  /** Digest of the token that it replaced. */
  readonly replaces?: string;
}

export interface StoredOpaqueToken {
  readonly tenant: string;
  readonly claims: JsonObject;
  readonly expiresAt: number;
}

export interface StoredCode extends Authentication {
  readonly tenant: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly sid: string;
  readonly scope: readonly string[];
  readonly nonce?: string;
  readonly challenge?: { readonly value: string; readonly method: 'plain' | 'S256' };
  readonly appTid?: string;
  readonly expiresAt: number;
}

/** A one-time password that a client certificate earned. */
export interface StoredPasscode {
  readonly tenant: string;
  readonly user: string;
  readonly expiresAt: number;
}

/** A corporate identity provider of a tenant (ias 8ff83a1). */
export interface CorporateProvider {
  readonly tenant: string;
  /** As the Identity Providers API knows it. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly createdBy?: string;
  /** Absent = nobody changed it. */
  readonly changedBy?: string;
  /** SAML providers are there to be routed to; nobody can log on at them here. */
  readonly protocol: 'oidc' | 'saml';
  readonly issuer: string;
  /** Base of its discovery document; the same unless the provider is configured with an issuer that is no URL of it. */
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether the provider takes passwords from us (notes: btp 98ec56a). */
  readonly passwordGrant: boolean;
  /** How it wants the client's credentials. @default in the body (ias 8ff83a1) */
  readonly clientAuthentication?: 'body' | 'basic';
  /** What the Identity Providers API wrote that counts for nothing here, such as SAML. */
  readonly document?: JsonObject;
  /** "Use Identity Authentication user store": tokens are about the tenant's user with the same address, if there is one. */
  readonly useLocalUsers: boolean;
}

/** A sign-in that is under way at a corporate identity provider. */
export interface PendingFederation {
  readonly tenant: string;
  readonly provider: string;
  /** Session of the browser that was sent away: no other may come back. */
  readonly session: string;
  /** Where it goes on. */
  readonly target: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly expiresAt: number;
}

export interface OidcStore {
  /** By {@link grantKey}. */
  readonly grants: Collection<Grant>;
  /** These by {@link digestOf} their text. */
  readonly refreshTokens: Collection<StoredRefreshToken>;
  readonly opaqueTokens: Collection<StoredOpaqueToken>;
  readonly codes: Collection<StoredCode>;
  readonly passcodes: Collection<StoredPasscode>;
  /** Expiry of `jti` that were seen, by tenant, issuer and id: a client assertion is good once. */
  readonly seenAssertions: Collection<{ readonly expiresAt: number }>;
  /** Expiry of tokens of clients themselves that were revoked, by tenant and `jti`. */
  readonly revokedTokens: Collection<{ readonly expiresAt: number }>;
  readonly corporateProviders: Collection<CorporateProvider>;
  /** Sign-ins that are under way at a corporate identity provider, by `state`. */
  readonly federations: Collection<PendingFederation>;
}

export function openOidcStore({ state }: Pick<EmulatorContext, 'state'>): OidcStore {
  return {
    grants: state.collection('ias/grants', {
      sid: (grant) => grant.sid,
      subject: (grant) => subjectKey(grant.tenant, grant.subject),
    }),
    refreshTokens: state.collection('ias/refresh-tokens', { grant: (token) => token.grant }),
    opaqueTokens: state.collection('ias/opaque-tokens'),
    codes: state.collection('ias/codes'),
    passcodes: state.collection('ias/passcodes', { user: (passcode) => `${passcode.tenant}/${passcode.user}` }),
    seenAssertions: state.collection('ias/seen-assertions'),
    revokedTokens: state.collection('ias/revoked-tokens'),
    corporateProviders: state.collection('ias/corporate-providers', { tenant: (provider) => provider.tenant }),
    federations: state.collection('ias/federations'),
  };
}

export function grantKey({ tenant, clientId, sid }: Pick<Grant, 'tenant' | 'clientId' | 'sid'>): string {
  return `${tenant}/${clientId}/${sid}`;
}

export function subjectKey(tenant: string, subject: Subject): string {
  return subject.kind === 'user'
    ? `${tenant}/${subject.id}`
    : `${tenant}/${subject.provider}/${String(subject.claims.sub)}`;
}

/** Texts of tokens and codes are not kept. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

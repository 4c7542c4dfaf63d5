import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { missingFor } from '../catalogue.ts';
import { certificateNotFound } from '../errors.ts';
import { type CertificateRecord, type Level, type Properties, recordKey, type Store } from '../store.ts';
import { trustOf } from '../trust.ts';
import { encodingOf, exchangesUser, type HandedIn, runFlow } from './flows.ts';
import { logonTicket } from './logon-ticket.ts';
import { samlAssertion } from './saml.ts';
import { failed, keyEntryOf, TokenFailure, type TokenResponse, unexpected } from './token-call.ts';
import { userAttributes } from './user-attributes.ts';
import { createUserTokens, tenantOf, type UserToken } from './user-token.ts';

/** A token in the answer of find (OpenAPI 1.0.0 `AuthToken`, plus `error` and `expires_in` of real answers). */
export interface AuthToken {
  readonly type: string;
  readonly value: string;
  /** Seconds, as text: SAP Cloud SDK keeps a failure for 5 minutes when it is the number 0. */
  readonly expires_in?: string;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly issued_token_type?: string;
  readonly error?: string;
  readonly http_header?: { readonly key: string; readonly value: string };
}

/** The destination as it is consumed, and who asks. */
export interface Consumed {
  readonly properties: Properties;
  /** Where the destination was found; its certificates and assertion providers are looked for there. */
  readonly level: Level;
  readonly handedIn: HandedIn;
  /** Subdomain of `X-tenant`. */
  readonly tenant?: string | undefined;
  readonly clientAssertion?: { readonly value: string; readonly type: string } | undefined;
  /** Destination that provides the assertion, from the header. */
  readonly assertionDestination?: string | undefined;
}

const WITHOUT_TOKEN = new Set(['NoAuthentication', 'PrincipalPropagation', 'ClientCertificateAuthentication']);

type Impure = Pick<EmulatorContext, 'fetch' | 'now' | 'id' | 'aside' | 'world'>;

/** Gets the tokens of a destination; a token service that refuses is an answer, not a fault. */
export function createTokenRetrieval(ctx: Impure, store: Store) {
  const verifyUser = createUserTokens(ctx);

  async function assertion(consumed: Consumed, user: UserToken | undefined): Promise<string> {
    const { properties, level } = consumed;
    return samlAssertion({
      properties,
      claims: user?.claims ?? {},
      attributes: user ? await userAttributes(ctx, user) : {},
      issuer: level.zone,
      recipient: properties.tokenServiceURL ?? '',
      now: ctx.now(),
      id: ctx.id(),
      key: await signingKey(properties, level),
    });
  }

  /** The destination's own certificate, or the trust of the subaccount (btp-connectivity:c69ea6a). */
  async function signingKey(properties: Properties, level: Level) {
    const { KeyStoreLocation: name, KeyStorePassword: password = '' } = properties;
    if (name === undefined) {
      const { privateKey, certificate } = await trustOf(ctx, store, level.zone, false);
      return { privateKey, certificate: pem(certificate) };
    }
    const entry = keyEntryOf(certificateOf(store, level, name), password);
    const [certificate] = entry?.certificates ?? [];
    if (entry?.privateKey === undefined || certificate === undefined)
      throw failed('the key store has no key to sign with');
    return { privateKey: entry.privateKey, certificate };
  }

  async function clientAssertionOf(consumed: Consumed): Promise<Consumed['clientAssertion']> {
    const { properties, level, clientAssertion } = consumed;
    if (clientAssertion) return clientAssertion;
    const name = consumed.assertionDestination ?? properties['clientAssertion.destinationName'];
    if (name === undefined) return;
    const provider = store.destinations.get(recordKey(level, name))?.properties;
    // Only this type may provide assertions (btp-connectivity:1c34472); the words are assumed.
    if (
      provider?.Authentication !== 'OAuth2ClientCredentials' ||
      provider['clientAssertion.destinationName'] !== undefined
    )
      throw failed(`destination '${name}' does not provide client assertions`);
    const type = provider['clientAssertion.type'];
    if (type === undefined) throw failed(`destination '${name}' has no property clientAssertion.type`);
    const token = await oauth({ properties: provider, level, handedIn: {} });
    return { value: token.access_token ?? '', type };
  }

  async function oauth(consumed: Consumed): Promise<TokenResponse> {
    const { properties, level, handedIn } = consumed;
    const zone = ctx.world.use('accounts').zone(level.zone);
    const keyStore = properties['tokenService.KeyStoreLocation'];
    const user = () => verifyUser(handedIn.userToken, properties, regionOf(level));
    // Of the user's token where one is exchanged, else the subaccount's (btp-connectivity:283cd2d, 4e1d742).
    const own = exchangesUser(properties.Authentication ?? '') && properties.tokenServiceURLType === 'Common';
    const tenant = consumed.tenant ?? (own ? tenantOf(await user()) : undefined) ?? zone?.subdomain;
    const clientAssertion = await clientAssertionOf(consumed);
    return runFlow(
      ctx,
      {
        properties,
        zone: level.zone,
        tenant,
        ...(clientAssertion ? { clientAssertion } : {}),
        ...(keyStore === undefined ? {} : { keyStore: certificateOf(store, level, keyStore) }),
      },
      {
        handedIn,
        user,
        assertion: async () => providedAssertion(consumed) ?? assertion(consumed, await userFor(properties, user)),
      },
    );
  }

  function regionOf({ zone }: Level): string {
    return ctx.world.use('accounts').zone(zone)?.region ?? '';
  }

  async function token(consumed: Consumed): Promise<AuthToken> {
    const { properties, handedIn, level } = consumed;
    const user = () => verifyUser(handedIn.userToken, properties, regionOf(level));
    switch (properties.Authentication) {
      case 'BasicAuthentication':
        return basicToken(properties);
      case 'SAMLAssertion': {
        const made = providedAssertion(consumed) ?? (await assertion(consumed, await userFor(properties, user)));
        const value = Buffer.from(made).toString(encodingOf(properties, 'base64'));
        // btp-connectivity:d81e168, example.
        return { type: 'SAML2.0', value, http_header: { key: 'Authorization', value: `SAML2.0 ${value}` } };
      }
      case 'SAPAssertionSSO': {
        const [missing] = missingFor(properties);
        if (missing !== undefined) throw failed(`property ${missing} is missing`);
        const name = properties.SystemUser ?? (await user()).claims.user_name;
        const value = logonTicket(properties, typeof name === 'string' ? name : '', ctx.now());
        // SAP Cloud SDK for Java, tests of both its lookups.
        return { type: 'MYSAPSSO2', value, http_header: { key: 'Cookie', value: `MYSAPSSO2=${value}` } };
      }
      default:
        return oauthToken(properties, await oauth(consumed));
    }
  }

  return async (consumed: Consumed): Promise<readonly AuthToken[] | undefined> => {
    if (WITHOUT_TOKEN.has(consumed.properties.Authentication ?? 'NoAuthentication')) return;
    try {
      return [await token(consumed)];
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      // A failed retrieval is a token without a header inside a 200 (cloud-sdk-js issue 4213).
      return [{ type: '', value: '', error: error.message, expires_in: '0' }];
    }
  };
}

/** Whom an assertion is for; nobody logs on where a system user stands in the destination (btp-connectivity:c69ea6a). */
async function userFor(properties: Properties, user: () => Promise<UserToken>): Promise<UserToken | undefined> {
  return properties.SystemUser ? undefined : user();
}

/** A certificate of the destination's level; the subaccount's serve its instances too (assumed). */
export function findCertificate(store: Store, level: Level, name: string): CertificateRecord | undefined {
  return (
    store.certificates.get(recordKey(level, name)) ?? store.certificates.get(recordKey({ zone: level.zone }, name))
  );
}

function certificateOf(store: Store, level: Level, name: string): CertificateRecord {
  const found = findCertificate(store, level, name);
  if (!found) throw failed(certificateNotFound(name).message);
  return found;
}

/** `X-samlAssertion` counts with `SAMLAssertionProvider=ClientProvided` only, and then has to be there (OpenAPI 1.0.0). */
function providedAssertion({ properties, handedIn }: Consumed): string | undefined {
  if (properties.SAMLAssertionProvider !== 'ClientProvided') return;
  const { samlAssertion: given = '' } = handedIn;
  if (given === '') throw failed('header X-samlAssertion is missing');
  return Buffer.from(given, 'base64').toString('utf8');
}

/** Docs on "find destination", BasicAuthentication: no lifetime. */
function basicToken(properties: Properties): AuthToken {
  const value = Buffer.from(`${properties.User ?? ''}:${properties.Password ?? ''}`).toString('base64');
  return { type: 'Basic', value, http_header: { key: 'Authorization', value: `Basic ${value}` } };
}

function oauthToken(properties: Properties, token: TokenResponse): AuthToken {
  const { access_token: value, token_type: type, expires_in: seconds, scope, refresh_token, issued_token_type } = token;
  if (typeof value !== 'string') throw unexpected();
  // btp-connectivity:8634e21: for the Connectivity service, beside the user's own token.
  const key =
    properties.Authentication === 'OAuth2TechnicalUserPropagation'
      ? 'SAP-Connectivity-Technical-Authentication'
      : 'Authorization';
  return {
    type,
    value,
    ...(seconds === undefined ? {} : { expires_in: String(seconds) }),
    ...(scope === undefined ? {} : { scope }),
    ...(refresh_token === undefined ? {} : { refresh_token }),
    ...(issued_token_type === undefined ? {} : { issued_token_type }),
    http_header: { key, value: `Bearer ${value}` },
  };
}

function pem(der: string): string {
  return `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
}

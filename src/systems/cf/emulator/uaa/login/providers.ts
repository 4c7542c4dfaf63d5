import type { TrustedIdentityProvider, World } from '../../../../../emulation/world.ts';
import { invalidClient, unauthorized } from '../errors.ts';
import type { UaaClient } from '../rows.ts';

/** An OIDC identity provider to which UAA forwards the password grant. */
export interface OidcProvider {
  readonly originKey: string;
  /** Of the tenant; its discovery document says where people sign in. */
  readonly host: string;
  readonly tokenUrl: string;
  readonly keysUrl: string;
  readonly issuer: string;
  readonly relyingPartyId: string;
  readonly relyingPartySecret: string;
  readonly addShadowUserOnLogin: boolean;
}

/** Default identity provider of the zone: `cf login` without --origin goes to SAP ID service (SAP help 98ec56a). */
export const ZONE_DEFAULT = 'sap.ids';

/** The active OIDC identity providers of a landscape: SAP ID service and every platform trust (SAP help c368984). */
export function oidcProviders(world: World, landscape: string): readonly OidcProvider[] {
  const identity = world.use('identity');
  const providers: OidcProvider[] = [];
  const sapId = identity.tenants().find((tenant) => tenant.default);
  if (sapId) {
    const application = identity.registerApplication(sapId.host, { name: `Cloud Foundry ${landscape}` });
    providers.push(
      provider(ZONE_DEFAULT, {
        host: sapId.host,
        relyingPartyId: application.clientId,
        relyingPartySecret: application.clientSecret,
        createShadowUsers: true,
      }),
    );
  }
  for (const trust of world.use('trust').platformIdentityProviders()) {
    const originKey = trust.originKeyCfuaa;
    if (originKey === undefined || originKey === ZONE_DEFAULT || !trust.active) continue;
    // Trusts over SAML know no password grant (btp:fd5865e), and their sign-in in the browser is not emulated.
    if (trust.protocol === 'SAML') continue;
    providers.push(provider(originKey, trust));
  }
  return providers;
}

type Trusted = Pick<
  TrustedIdentityProvider,
  'host' | 'issuer' | 'relyingPartyId' | 'relyingPartySecret' | 'createShadowUsers'
>;

function provider(
  originKey: string,
  { host, issuer = `https://${host}`, relyingPartyId, relyingPartySecret, createShadowUsers }: Trusted,
): OidcProvider {
  return {
    originKey,
    host,
    tokenUrl: `https://${host}/oauth2/token`,
    keysUrl: `https://${host}/oauth2/certs`,
    issuer,
    relyingPartyId,
    relyingPartySecret,
    addShadowUserOnLogin: createShadowUsers,
  };
}

/** Reads `login_hint`: decoded once more, then JSON with the one key `origin`; anything else is no hint at all. */
export function hintedOrigin(hint: string | null): string | undefined {
  const origin = hinted(hint)?.origin;
  return typeof origin === 'string' ? origin : undefined;
}

/** A hint by its form, without an origin in it. */
export function isEmptyHint(hint: string | null): boolean {
  const parsed = hinted(hint);
  return parsed !== undefined && (parsed.origin === undefined || parsed.origin === null);
}

function hinted(hint: string | null): { readonly origin?: unknown } | undefined {
  if (hint === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(hint));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.keys(parsed).every((key) => key === 'origin') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Chooses who checks a password (UAA PasswordGrantAuthenticationManager). `uaa` = the internal users. */
export function chooseProvider(
  client: Pick<UaaClient, 'allowedProviders'>,
  hint: string | undefined,
  providers: readonly OidcProvider[],
): OidcProvider | 'uaa' {
  const allowed = (origin: string) => client.allowedProviders?.includes(origin) ?? true;
  const possible = ['uaa', ...providers.map((known) => known.originKey)].filter(allowed);
  const resolve = (origin: string) => providers.find((known) => known.originKey === origin) ?? 'uaa';
  if (hint !== undefined) {
    if (possible.includes(hint)) return resolve(hint);
    throw allowed(hint)
      ? unauthorized(
          'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
        )
      : unauthorized("Client is not authorized for specified user's identity provider.");
  }
  if (possible.includes(ZONE_DEFAULT)) return resolve(ZONE_DEFAULT);
  const [first, ...others] = possible;
  if (first === undefined) {
    throw invalidClient('The client is not authorized for any identity provider that supports password grant.');
  }
  if (others.length === 0 || possible.includes('uaa')) return possible.includes('uaa') ? 'uaa' : resolve(first);
  throw invalidClient(
    'The client is authorized for multiple identity providers that support password grant and could not determine which identity provider to use.',
  );
}

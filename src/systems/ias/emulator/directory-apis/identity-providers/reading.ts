import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import type { CorporateProvider } from '../../oidc/store.ts';
import type { Services } from '../../services.ts';
import { withCertificateFacts } from '../certificate-facts.ts';
import { overlaid, without } from '../documents.ts';
import { invalid } from '../rest.ts';
import { CLIENT_AUTHENTICATIONS, PROVIDER_TYPES } from './names.ts';

const providerBody = z.looseObject({
  displayName: z.string().trim().min(1).max(255),
  name: z.string().max(255).nullish(),
  type: z.enum(PROVIDER_TYPES).default('saml2'),
  identityFederation: z.looseObject({ useLocalUserStore: z.boolean().nullish() }).nullish(),
  oidcConfiguration: z
    .looseObject({
      discoveryUrl: z.url().nullish(),
      issuer: z.string().nullish(),
      clientId: z.string().nullish(),
      clientSecret: z.string().nullish(),
      tokenEndpointAuthMethod: z.enum(CLIENT_AUTHENTICATIONS).nullish(),
    })
    .nullish(),
});

/** What counts for the landscape; the rest of a document is kept as it is. A client secret is never shown. */
const READ: readonly (readonly string[])[] = [
  ['id'],
  ['meta'],
  ['identityFederation', 'useLocalUserStore'],
  ...['clientId', 'clientSecret', 'isClientSecretConfigured', 'issuer'].map((name) => ['oidcConfiguration', name]),
];

/** Where OpenID providers have their metadata; a discovery URL may be written with it or without (both recorded). */
const WELL_KNOWN = '/.well-known/openid-configuration';

export type ReadProvider = Pick<
  CorporateProvider,
  | 'name'
  | 'protocol'
  | 'issuer'
  | 'address'
  | 'clientId'
  | 'clientSecret'
  | 'useLocalUsers'
  | 'clientAuthentication'
  | 'document'
>;

/**
 * Reads the document of a corporate identity provider, and of an OpenID provider also its metadata, if it can be reached (recorded).
 * @param before what it was; its client secret stays unless there is a new one
 * @throws DirectoryError 400 with the paths of what is wrong
 */
export async function readProvider(
  services: Services,
  document: JsonObject,
  before: CorporateProvider | undefined,
  id: string,
): Promise<ReadProvider> {
  const parsed = providerBody.safeParse(document);
  if (!parsed.success) throw invalid('The identity provider is not valid.', parsed.error);
  const { name, type, identityFederation, oidcConfiguration: oidc } = parsed.data;
  const address = (oidc?.discoveryUrl ?? oidc?.issuer ?? '').replace(WELL_KNOWN, '').replace(/\/$/, '');
  const metadata = type === 'openIdConnect' && address !== '' ? await metadataOf(services, address) : undefined;
  const kept = without(withCertificateFacts(document), READ);
  return {
    // Providers without a name were recorded.
    name: name ?? id,
    protocol: type === 'openIdConnect' ? 'oidc' : 'saml',
    issuer: metadata?.issuer ?? oidc?.issuer ?? address,
    address,
    clientId: oidc?.clientId ?? '',
    clientSecret: oidc?.clientSecret ?? before?.clientSecret ?? '',
    useLocalUsers: identityFederation?.useLocalUserStore ?? false,
    clientAuthentication: oidc?.tokenEndpointAuthMethod === 'clientSecretBasic' ? 'basic' : 'body',
    document: metadata ? overlaid(kept, { oidcConfiguration: metadata.shown }) : kept,
  };
}

const metadataBody = z.looseObject({ issuer: z.string() });

/** Names in the document for what the provider's metadata say. */
const ENDPOINTS = {
  tokenEndpoint: 'token_endpoint',
  authorizationEndpoint: 'authorization_endpoint',
  endSessionEndpoint: 'end_session_endpoint',
  userInfoEndpoint: 'userinfo_endpoint',
  jwksUri: 'jwks_uri',
} as const;

async function metadataOf(
  { ctx }: Services,
  address: string,
): Promise<{ readonly issuer: string; readonly shown: JsonObject } | undefined> {
  const response = await ctx.fetch(`${address}${WELL_KNOWN}`).catch(() => undefined);
  const parsed = metadataBody.safeParse(
    response?.status === 200 ? await response.json().catch(() => undefined) : undefined,
  );
  if (!parsed.success) return undefined;
  const shown = Object.entries(ENDPOINTS).flatMap(([name, key]) => {
    const value = parsed.data[key];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { issuer: parsed.data.issuer, shown: Object.fromEntries(shown) };
}

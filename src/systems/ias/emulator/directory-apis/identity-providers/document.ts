import type { JsonObject } from '../../../../../kernel/json.ts';
import type { CorporateProvider } from '../../oidc/store.ts';
import type { Tenant } from '../../store.ts';
import { isoTime, overlaid } from '../documents.ts';
import { PROTOCOLS } from './names.ts';

/** A corporate identity provider as `/IdentityProviders/v1` shows it (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function providerDocument(tenant: Tenant, provider: CorporateProvider): JsonObject {
  const { id, name, createdAt, changedAt, createdBy = 'SAP', changedBy, protocol, document = {} } = provider;
  const { clientId, clientSecret, useLocalUsers } = provider;
  const oidc: JsonObject =
    protocol === 'oidc'
      ? {
          // Where it was written, it stays as it was: with the path of the metadata or without.
          ...(provider.address === '' || provider.document ? {} : { discoveryUrl: provider.address }),
          issuer: provider.issuer,
          clientId,
          isClientSecretConfigured: clientSecret !== '',
        }
      : {};
  return overlaid(overlaid(DEFAULTS, document), {
    id,
    meta: {
      created: isoTime(createdAt),
      lastModified: isoTime(changedAt),
      createdBy,
      ...(changedBy === undefined ? {} : { modifiedBy: changedBy }),
      location: `https://${tenant.host}/IdentityProviders/v1/${id}`,
    },
    name,
    displayName: typeof document.displayName === 'string' ? document.displayName : name,
    type: document.type ?? PROTOCOLS[protocol],
    identityFederation: { useLocalUserStore: useLocalUsers },
    oidcConfiguration: oidc,
  });
}

/** What a new provider has where nobody configured anything (recorded). */
const DEFAULTS: JsonObject = {
  companyId: 'global',
  forwardAllSsoRequests: false,
  identityFederation: { useLocalUserStore: false, allowLocalUsersOnly: false, applyLocalIdPAuthnChecks: false },
  automaticRedirect: true,
  loginHintConfiguration: { loginHintType: 'userInput', sendMethod: 'urlParam' },
  saml2Configuration: {
    digestAlgorithm: 'sha256',
    includeScoping: true,
    defaultNameIdFormat: 'default',
    allowCreate: 'none',
  },
  oidcConfiguration: {
    subjectNameIdentifier: 'email',
    scopes: ['openid'],
    isClientSecretConfigured: false,
    pkceEnabled: false,
  },
};

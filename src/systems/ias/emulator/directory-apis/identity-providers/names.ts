import type { CorporateProvider } from '../../oidc/store.ts';

/**
 * Types of the Identity Providers API (source of Terraform's provider). Those of SAP's own kinds, `sapSSO` and the SAML ones of a product,
 * are SAML as far as the landscape goes.
 */
export const PROVIDER_TYPES = ['saml2', 'openIdConnect', 'sapSSO', 'microsoftADFS'] as const;

export const PROTOCOLS: Readonly<Record<CorporateProvider['protocol'], (typeof PROVIDER_TYPES)[number]>> = {
  oidc: 'openIdConnect',
  saml: 'saml2',
};

/** By a secret in the body or the header, or with a signed JWT, which the landscape does not send. */
export const CLIENT_AUTHENTICATIONS = [
  'clientSecretPost',
  'clientSecretBasic',
  'privateKeyJwt',
  'privateKeyJwtRfc7523',
] as const;

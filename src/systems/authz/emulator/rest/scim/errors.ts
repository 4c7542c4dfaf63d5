import { OAuthError } from '../../xsuaa/errors.ts';

// UAA's names for what its SCIM endpoints refuse (UAA source; notes cf-uaa §2.10).

export const invalidResource = (text: string) => new OAuthError(400, 'invalid_scim_resource', text);
export const refused = (text: string) => new OAuthError(400, 'scim', text);
export const resourceNotFound = (text: string) => new OAuthError(404, 'scim_resource_not_found', text);
export const wrongVersion = (text: string) => new OAuthError(409, 'scim_resource_conflict', text);
export const alreadyExists = (text: string, extra: Readonly<Record<string, string>> = {}) =>
  new OAuthError(409, 'scim_resource_already_exists', text, { extra });

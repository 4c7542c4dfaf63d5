import type { JWTPayload } from 'jose';
import { clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import { applicationOf } from './grants.ts';
import { settingsOf } from './settings.ts';
import type { TokenCall } from './token-call.ts';

/** Prefix of the name of a dependency (ias 632df37, 29e204d). */
const PROVIDER = 'urn:sap:identity:application:provider:name:';

/**
 * What a token for another application's APIs has: that one as audience, and the APIs (ias 7bf3c18, 29e204d).
 * @throws OAuthError `invalid_target` when the client has no such dependency
 */
export function resourceClaims({ tenant, client, params }: TokenCall): JWTPayload {
  const resource = params.get('resource');
  if (resource === null || resource === '') return {};
  const dependency = resource.startsWith(PROVIDER)
    ? settingsOf(tenant, applicationOf(client)).dependencies.find((one) => PROVIDER + one.name === resource)
    : undefined;
  // RFC 8707 has the code; what IAS says is not documented (assumed).
  if (!dependency) throw new OAuthError(400, 'invalid_target', 'The resource is no dependency of the application');
  return { aud: [dependency.clientId, clientIdOf(client)], ias_apis: [...dependency.apis] };
}

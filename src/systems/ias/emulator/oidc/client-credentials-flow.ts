import type { JsonObject } from '../../../../kernel/json.ts';
import { clientIdOf } from '../clients.ts';
import { accessToken } from './grants.ts';
import { resourceClaims } from './resources.ts';
import type { TokenCall } from './token-call.ts';

/** `client_credentials`: a token of the application itself, without refresh and ID token (ias 52b93b0). */
export async function clientCredentialsFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, client, wishes } = call;
  const claims = {
    sub: clientIdOf(client),
    // Tells applications from users (ias 7bf3c18).
    sap_id_type: 'app',
    ...(wishes.appTid === undefined ? {} : { app_tid: wishes.appTid }),
    ...resourceClaims(call),
  };
  const { token, expiresIn } = await accessToken(services, tenant, call, claims);
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn };
}

import type { JsonObject } from '../../../../../kernel/json.ts';
import { urlOf } from '../../landscapes.ts';
import { audienceOf } from '../tokens/scopes.ts';
import type { AuthorizationAnswer } from './authorization.ts';

/**
 * What a program is told that asks for a code which the user would have to approve of: the model of the page (UAA AccessController;
 * recorded). The words for scopes are UAA's own where SAP may have others: here a scope is called by its name.
 */
export function approvalDocument(
  landscape: string,
  query: URLSearchParams,
  { client, scopes, to }: Extract<AuthorizationAnswer, { kind: 'approval' }>,
): JsonObject {
  const choices = scopes.map((scope) => ({ code: `scope.${scope}`, text: scope }));
  const location = `${urlOf('uaa', landscape)}/oauth/authorize`;
  const option = (value: string) => ({ path: '/oauth/authorize', location, value, key: 'user_oauth_approval' });
  const name = client.additional?.name;
  return {
    auth_request: {
      clientId: client.id,
      scope: [...scopes],
      requestParameters: Object.fromEntries(query),
      approvalParameters: {},
      state: query.get('state'),
      responseTypes: (query.get('response_type') ?? '').split(' '),
      resourceIds: audienceOf(client.id, scopes),
      authorities: client.authorities.map((authority) => ({ authority })),
      approved: false,
      redirectUri: to,
      extensions: {},
    },
    approved_scopes: [],
    denied_scopes: [],
    options: { confirm: option('true'), deny: option('false') },
    redirect_uri: to,
    undecided_scopes: choices,
    scopes: choices,
    message: 'To confirm or deny access POST to the following locations with the parameters requested.',
    client_display_name: typeof name === 'string' ? name : client.id,
  };
}

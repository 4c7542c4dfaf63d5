import { z } from 'zod';
import type { ConformanceLandscape } from './landscape.ts';

/** The OAuth client of a service key or binding. */
export const oauthClient = z.looseObject({ clientid: z.string(), clientsecret: z.string(), url: z.string() });
export type OAuthClient = z.infer<typeof oauthClient>;

const answer = z.looseObject({ access_token: z.string() });

/** The client's own token. @param scope only this one, not all that it has */
export async function clientToken(
  { fetch }: Pick<ConformanceLandscape, 'fetch'>,
  { url, clientid, clientsecret }: OAuthClient,
  scope?: string,
): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientid, client_secret: clientsecret };
  const body = new URLSearchParams(scope === undefined ? form : { ...form, scope });
  return answer.parse(await (await fetch(`${url}/oauth/token`, { method: 'POST', body })).json()).access_token;
}

/** A token of Cloud Foundry for the technical user `pipeline`, as the cf CLI gets it. */
export async function robotToken(landscape: Pick<ConformanceLandscape, 'fetch' | 'passwordOf'>): Promise<string> {
  const response = await landscape.fetch('https://login.cf.eu10-004.hana.ondemand.com/oauth/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('cf:')}`, accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'pipeline@sap-test.de',
      password: await landscape.passwordOf('pipeline'),
      login_hint: JSON.stringify({ origin: 'acme-platform' }),
    }),
  });
  return answer.parse(await response.json()).access_token;
}

import { against, CLIENTS } from './bare-handler.ts';
import { openIdentityLandscape } from './identity-landscape.ts';
import type { Bench, Figure } from './measure.ts';

const DESTINATIONS = 200;

/** *Find* at the Destination service, by far the most frequent call of applications to it. */
export const findThroughput: Bench = {
  name: 'find-throughput',
  about: `find among ${DESTINATIONS} destinations with ${CLIENTS} clients at once, against a Hono handler that gives the same answer`,
  async *run(): AsyncIterable<Figure> {
    await using open = await openIdentityLandscape({ users: 1 });
    const { landscape, serviceKey: key } = open;
    const token = await landscape.fetch(`${key.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: key.clientid,
        client_secret: key.clientsecret,
      }),
    });
    const { access_token } = Object(await token.json());
    const headers = { authorization: `Bearer ${String(access_token)}` };
    const v1 = `${key.uri}/destination-configuration/v1`;
    const body = Array.from({ length: DESTINATIONS }, (_, index) => ({
      Name: `D${index}`,
      Type: 'HTTP',
      URL: 'https://api.cf.eu10-004.hana.ondemand.com',
      ProxyType: 'Internet',
      Authentication: 'BasicAuthentication',
      User: 'tech@acme.example',
      Password: 'secret',
    }));
    await landscape.fetch(`${v1}/subaccountDestinations`, { method: 'POST', headers, body: JSON.stringify(body) });
    yield* against('finds/s', () => landscape.fetch(`${v1}/destinations/D100`, { headers }));
  },
};

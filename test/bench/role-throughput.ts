import { z } from 'zod';
import { fleetSeed } from '../../src/landscape/fleet/index.ts';
import { createLandscape } from '../../src/landscape/index.ts';
import { against, CLIENTS } from './bare-handler.ts';
import type { Bench, Figure } from './measure.ts';

const SIZE = { subaccounts: 500, technicalUsers: 1000 };
const API = 'https://api.cf.eu10-004.hana.ondemand.com';

const token = z.object({ access_token: z.string() });
const page = z.object({
  pagination: z.object({ total_results: z.number() }),
  resources: z.array(z.object({ guid: z.string() })),
});

export const roleThroughput: Bench = {
  name: 'role-throughput',
  about: `roles of the CF API in a fleet of ${SIZE.subaccounts} subaccounts with ${CLIENTS} clients at once, against a Hono handler that gives the same answer`,
  async *run(): AsyncIterable<Figure> {
    // The rate limit would be what is measured.
    const seed = fleetSeed(SIZE) as { readonly cf: { readonly landscapes: readonly object[] } };
    const landscapes = seed.cf.landscapes.map((one) => ({
      ...one,
      rateLimit: 10_000_000,
      accessTokenValidity: 86_400,
    }));
    await using landscape = await createLandscape({ seed: { ...seed, cf: { ...seed.cf, landscapes } } });
    const granted = await landscape.fetch(`${API.replace('api.', 'uaa.')}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('cf:')}` },
      body: new URLSearchParams({
        grant_type: 'password',
        username: 'platform-admin@fleet.example',
        password: landscape.credentials().FLEET_ADMIN_PASSWORD ?? '',
      }),
    });
    const headers = { authorization: `Bearer ${token.parse(await granted.json()).access_token}` };
    const list = async (path: string) => page.parse(await (await landscape.fetch(`${API}${path}`, { headers })).json());

    const { pagination } = await list('/v3/roles?per_page=1');
    yield* against(
      `GET /v3/roles?per_page=5000&include=user (${pagination.total_results} roles)`,
      () => landscape.fetch(`${API}/v3/roles?per_page=5000&include=user`, { headers }),
      { requests: 50 },
    );

    const users = (await list('/v3/users?per_page=5000')).resources;
    const orgs = (await list('/v3/organizations?per_page=5000')).resources;
    let next = 0;
    const body = () => {
      const user = users[next % users.length]?.guid;
      const organization = orgs[Math.floor(next++ / users.length)]?.guid;
      return JSON.stringify({
        type: 'organization_billing_manager',
        relationships: { user: { data: { guid: user } }, organization: { data: { guid: organization } } },
      });
    };
    const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
    yield* against('POST /v3/roles', () => landscape.fetch(`${API}/v3/roles`, { ...post, body: body() }), {
      status: 201,
      body: body(),
    });
  },
};

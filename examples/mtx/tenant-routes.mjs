// Routes of tenants, by the CF API and with the technical user of the destination CFAPI. Nothing here knows its password, its
// identity provider or where it logs on: the destination does, and the Destination service fetches the token.
import { executeHttpRequest } from '@sap-cloud-sdk/http-client';

/** Milliseconds between two looks at a job of the Cloud Controller. */
const PAUSE = 500;
const PATIENCE = 60;

/**
 * @param {{ organization_id: string, space_id: string }} here where the application runs (VCAP_APPLICATION)
 * @param {string} router name of the application that the tenants' routes lead to
 */
export function tenantRoutes(here, router) {
  const hostOf = (tenant) => `${tenant}-${router}`;

  async function find(host) {
    const domain = await call('get', `/v3/organizations/${here.organization_id}/domains/default`);
    const { resources } = await call('get', '/v3/routes', {
      params: { hosts: host, domain_guids: domain.guid, space_guids: here.space_id },
    });
    return { domain, route: resources[0] };
  }

  return {
    /** Makes the route of a tenant if there is none, maps it to the router, and gives its URL. */
    async create(tenant) {
      const host = hostOf(tenant);
      const apps = await call('get', '/v3/apps', { params: { names: router, space_guids: here.space_id } });
      const app = apps.resources[0];
      if (!app) throw new Error(`no app ${router} in this space, or the user of CFAPI does not see it`);
      const { domain, route: found } = await find(host);
      const route =
        found ??
        (await call('post', '/v3/routes', {
          data: {
            host,
            relationships: { space: { data: { guid: here.space_id } }, domain: { data: { guid: domain.guid } } },
          },
        }));
      await call('post', `/v3/routes/${route.guid}/destinations`, {
        data: { destinations: [{ app: { guid: app.guid } }] },
      });
      return `https://${host}.${domain.name}`;
    },

    /** Deletes the route of a tenant; one that is gone already is no error. */
    async remove(tenant) {
      const { route } = await find(hostOf(tenant));
      if (route) await finished((await request('delete', `/v3/routes/${route.guid}`)).headers.location);
    },
  };
}

/** Waits for the end of a job: the Cloud Controller deletes asynchronously. */
async function finished(location) {
  const { pathname } = new URL(location);
  for (let look = 0; look < PATIENCE; look++) {
    const job = await call('get', pathname);
    if (job.state === 'COMPLETE') return;
    if (job.state === 'FAILED') throw new Error(job.errors.map((error) => error.detail).join(' '));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`${pathname} does not come to an end`);
}

async function call(method, url, more) {
  return (await request(method, url, more)).data;
}

async function request(method, url, more = {}) {
  try {
    // Without the token of a user, the destination of the provider is taken. The CF API knows no CSRF tokens.
    return await executeHttpRequest({ destinationName: 'CFAPI' }, { method, url, ...more }, { fetchCsrfToken: false });
  } catch (error) {
    const detail = error.response?.data?.errors?.map((one) => one.detail).join(' ') ?? error.cause?.message;
    throw new Error(`${method.toUpperCase()} ${url}: ${detail ?? error.message}`, { cause: error });
  }
}

import { API } from './cf.ts';
import type { ConformanceLandscape } from './landscape.ts';
import { robotToken } from './tokens.ts';

/** The Cloud Controller as a developer of the space `app` in the org `acme-dev` sees it. */
export interface DeveloperSpace {
  readonly guid: string;
  /** Calls, follows the job that it starts, and gives the body of the answer. @throws Error on a refusal */
  call<T = { guid: string }>(method: string, path: string, body?: unknown): Promise<T>;
  /** An app, which runs nothing. */
  createApp(name: string): Promise<string>;
  /** An instance of a service, bound to an app. */
  bindService(
    app: string,
    service: { offering: string; plan: string; name: string; parameters?: object },
  ): Promise<void>;
  /** What Cloud Foundry gives an app to know: its name, its place, its bindings. */
  environmentOf(app: string): Promise<{ readonly VCAP_APPLICATION: string; readonly VCAP_SERVICES: string }>;
}

interface Page {
  readonly resources: readonly { readonly guid: string }[];
}

/** Logs on as the technical user `pipeline`. */
export async function openDeveloperSpace(
  landscape: Pick<ConformanceLandscape, 'fetch' | 'passwordOf'>,
): Promise<DeveloperSpace> {
  const token = await robotToken(landscape);

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await landscape.fetch(new URL(path, API).href, {
      method,
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    const job = response.headers.get('location');
    if (response.status === 202 && job !== null) await finished(job);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async function finished(job: string): Promise<void> {
    const { state } = await call<{ state: string }>('GET', job);
    if (state !== 'COMPLETE') throw new Error(`${job} is ${state}`);
  }

  async function guidOf(path: string): Promise<string> {
    const [found] = (await call<Page>('GET', path)).resources;
    if (!found) throw new Error(`nothing at ${path}`);
    return found.guid;
  }

  const org = await guidOf('/v3/organizations?names=acme-dev');
  const guid = await guidOf(`/v3/spaces?names=app&organization_guids=${org}`);
  const space = { data: { guid } };
  return {
    guid,
    call,
    async createApp(name) {
      return (await call<{ guid: string }>('POST', '/v3/apps', { name, relationships: { space } })).guid;
    },
    async bindService(app, { offering, plan, name, parameters }) {
      const planGuid = await guidOf(`/v3/service_plans?names=${plan}&service_offering_names=${offering}`);
      await call('POST', '/v3/service_instances', {
        type: 'managed',
        name,
        ...(parameters === undefined ? {} : { parameters }),
        relationships: { space, service_plan: { data: { guid: planGuid } } },
      });
      const instance = await guidOf(`/v3/service_instances?names=${name}&space_guids=${guid}`);
      await call('POST', '/v3/service_credential_bindings', {
        type: 'app',
        relationships: { app: { data: { guid: app } }, service_instance: { data: { guid: instance } } },
      });
    },
    async environmentOf(app) {
      const { system_env_json: system, application_env_json: application } = await call<{
        system_env_json: { VCAP_SERVICES: object };
        application_env_json: { VCAP_APPLICATION: object };
      }>('GET', `/v3/apps/${app}/env`);
      return {
        VCAP_APPLICATION: JSON.stringify(application.VCAP_APPLICATION),
        VCAP_SERVICES: JSON.stringify(system.VCAP_SERVICES),
      };
    },
  };
}

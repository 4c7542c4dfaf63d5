import { urlOf } from '../landscapes.ts';
import type { UaaStore } from '../uaa/store.ts';
import type { CfJob, CfOrg, CfQuota, CfRole, CfSpace, CfUser } from './store.ts';

type Shape = Record<string, unknown>;

/** Version that the landscapes announced when they were recorded. */
const API_VERSION = '3.188.0';

/** `2024-04-08T05:45:29Z`. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

const link = (href: string) => ({ href });
const toOne = (guid: string | undefined) => ({ data: guid === undefined ? null : { guid } });

/** JSON shapes of the Cloud Controller 3.188, key order as recorded. */
export function createPresenter(landscape: string, uaa: UaaStore) {
  const api = urlOf('api', landscape);
  const domain = `${landscape}.hana.ondemand.com`;

  function head(row: { readonly guid: string; readonly createdAt: number; readonly updatedAt: number }): Shape {
    return { guid: row.guid, created_at: time(row.createdAt), updated_at: time(row.updatedAt) };
  }

  return {
    root(): Shape {
      return {
        links: {
          self: link(api),
          // No cloud_controller_v2: SAP has switched it off (SAP help, "Cloud Controller API v2").
          cloud_controller_v3: { href: `${api}/v3`, meta: { version: API_VERSION } },
          network_policy_v0: link(`${api}/networking/v0/external`),
          network_policy_v1: link(`${api}/networking/v1/external`),
          login: link(urlOf('login', landscape)),
          uaa: link(urlOf('uaa', landscape)),
          credhub: null,
          routing: null,
          logging: link(`wss://doppler.cf.${domain}:443`),
          log_cache: link(`https://log-cache.cf.${domain}`),
          log_stream: link(`https://log-stream.cf.${domain}`),
          app_ssh: {
            href: `ssh.cf.${domain}:2222`,
            meta: { host_key_fingerprint: 'yqLOTQVtFBL/3Kt4NgnmLU3WRmZVkVJRzxpcSHUgUPU', oauth_client: 'ssh-proxy' },
          },
        },
      };
    },
    v3(): Shape {
      const keys = ['domains', 'info', 'organizations', 'organization_quotas', 'roles', 'spaces', 'users'];
      return {
        links: { self: link(`${api}/v3`), ...Object.fromEntries(keys.map((key) => [key, link(`${api}/v3/${key}`)])) },
      };
    },
    info(rateLimit: number): Shape {
      return {
        build: '',
        cli_version: { minimum: '', recommended: '' },
        custom: {},
        description: '',
        name: '',
        version: 0,
        osbapi_version: '2.17',
        rate_limits: { enabled: true, general_limit: rateLimit, reset_interval_in_minutes: 60 },
        links: { self: link(`${api}/v3/info`), support: link('') },
      };
    },
    org(org: CfOrg): Shape {
      const self = `${api}/v3/organizations/${org.guid}`;
      return {
        ...head(org),
        name: org.name,
        suspended: org.suspended,
        relationships: { quota: toOne(org.quota) },
        metadata: org.metadata,
        links: {
          self: link(self),
          domains: link(`${self}/domains`),
          default_domain: link(`${self}/domains/default`),
          quota: link(`${api}/v3/organization_quotas/${org.quota}`),
        },
      };
    },
    space(space: CfSpace): Shape {
      const self = `${api}/v3/spaces/${space.guid}`;
      return {
        ...head(space),
        name: space.name,
        relationships: { organization: toOne(space.org), quota: { data: null } },
        metadata: space.metadata,
        links: {
          self: link(self),
          organization: link(`${api}/v3/organizations/${space.org}`),
          features: link(`${self}/features`),
          apply_manifest: { href: `${self}/actions/apply_manifest`, method: 'POST' },
        },
      };
    },
    role(role: CfRole): Shape {
      return {
        ...head(role),
        type: role.type,
        relationships: { user: toOne(role.user), organization: toOne(role.org), space: toOne(role.space) },
        links: {
          self: link(`${api}/v3/roles/${role.guid}`),
          user: link(`${api}/v3/users/${encodeURIComponent(role.user)}`),
          ...(role.org === undefined ? {} : { organization: link(`${api}/v3/organizations/${role.org}`) }),
          ...(role.space === undefined ? {} : { space: link(`${api}/v3/spaces/${role.space}`) }),
        },
      };
    },
    /** Names are UAA's; without a UAA user (a client, a deleted user) they are null. */
    user(user: CfUser): Shape {
      const known = uaa.user(landscape, user.guid);
      return {
        ...head(user),
        username: known?.userName ?? null,
        presentation_name: known?.userName ?? user.guid,
        origin: known?.origin ?? null,
        metadata: user.metadata,
        links: { self: link(`${api}/v3/users/${encodeURIComponent(user.guid)}`) },
      };
    },
    quota(quota: CfQuota, orgs: readonly string[]): Shape {
      return {
        ...head(quota),
        name: quota.name,
        apps: {
          total_memory_in_mb: 4096,
          per_process_memory_in_mb: null,
          total_instances: null,
          per_app_tasks: null,
          log_rate_limit_in_bytes_per_second: null,
        },
        services: { paid_services_allowed: true, total_service_instances: null, total_service_keys: null },
        routes: { total_routes: null, total_reserved_ports: 0 },
        domains: { total_domains: null },
        relationships: { organizations: { data: orgs.map((guid) => ({ guid })) } },
        links: { self: link(`${api}/v3/organization_quotas/${quota.guid}`) },
      };
    },
    domain(guid: string, createdAt: number): Shape {
      const self = `${api}/v3/domains/${guid}`;
      return {
        ...head({ guid, createdAt, updatedAt: createdAt }),
        name: `cfapps.${domain}`,
        internal: false,
        router_group: null,
        supported_protocols: ['http'],
        relationships: { organization: { data: null }, shared_organizations: { data: [] } },
        metadata: { labels: {}, annotations: {} },
        links: { self: link(self), route_reservations: link(`${self}/route_reservations`) },
      };
    },
    job(job: CfJob, now: number): Shape {
      return {
        ...head(job),
        operation: job.operation,
        state: now >= job.completeAt ? 'COMPLETE' : 'PROCESSING',
        errors: [],
        warnings: [],
        links: { self: link(`${api}/v3/jobs/${job.guid}`) },
      };
    },
    sshFeature(space: CfSpace): Shape {
      return { name: 'ssh', description: 'Enable SSHing into apps in the space.', enabled: space.ssh };
    },
    isolationSegment(space: CfSpace): Shape {
      return { data: null, links: { self: link(`${api}/v3/spaces/${space.guid}/relationships/isolation_segment`) } };
    },
  };
}

export type Presenter = ReturnType<typeof createPresenter>;

import type { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { type Landscapes, urlOf } from '../landscapes.ts';
import type { Shape } from './acting.ts';
import { type Call, traceHeaders } from './asked.ts';

/** Version that the landscapes announced when they were recorded. */
const API_VERSION = '3.188.0';

/** What `/v3` links (cloud_controller_ng, RootController). */
const RESOURCES = [
  'app_usage_events',
  'apps',
  'audit_events',
  'buildpacks',
  'builds',
  'deployments',
  'domains',
  'droplets',
  'environment_variable_groups',
  'feature_flags',
  'info',
  'isolation_segments',
  'organizations',
  'organization_quotas',
  'packages',
  'processes',
  'resource_matches',
  'roles',
  'routes',
  'security_groups',
  'service_brokers',
  'service_instances',
  'service_credential_bindings',
  'service_offerings',
  'service_plans',
  'service_route_bindings',
  'service_usage_events',
  'spaces',
  'space_quotas',
  'stacks',
  'tasks',
  'users',
];

/** What can be read without a token: where everything is. */
export function discoveryRoutes(app: Hono<HostEnv>, ctx: EmulatorContext, landscapes: Landscapes): void {
  const open =
    (answer: (landscape: string) => Shape, type = 'application/json; charset=utf-8') =>
    (c: Call) =>
      new Response(JSON.stringify(answer(c.env.landscape ?? '')), {
        headers: { ...traceHeaders(c, ctx), 'content-type': type },
      });
  app.get('/', open(rootView, 'application/json;charset=utf-8'));
  app.get('/v3', open(versionView));
  app.get(
    '/v3/info',
    open((landscape) => infoView(landscape, landscapes.get(landscape)?.rateLimit ?? 20_000)),
  );
}

const link = (href: string) => ({ href });

function rootView(landscape: string): Shape {
  const api = urlOf('api', landscape);
  const domain = `${landscape}.hana.ondemand.com`;
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
}

function versionView(landscape: string): Shape {
  const api = urlOf('api', landscape);
  const links = Object.fromEntries(RESOURCES.map((key) => [key, link(`${api}/v3/${key}`)]));
  return { links: { self: link(`${api}/v3`), ...links } };
}

function infoView(landscape: string, rateLimit: number): Shape {
  return {
    build: '',
    cli_version: { minimum: '', recommended: '' },
    custom: {},
    description: '',
    name: '',
    version: 0,
    osbapi_version: '2.17',
    rate_limits: { enabled: true, general_limit: rateLimit, reset_interval_in_minutes: 60 },
    links: { self: link(`${urlOf('api', landscape)}/v3/info`), support: link('') },
  };
}

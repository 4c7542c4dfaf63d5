import { featureDisabled, notAuthorized } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, homeOf, type Shape } from '../acting.ts';
import { record } from '../events.ts';
import { groupNamed } from '../platform/environment-groups.ts';
import { flagOf } from '../platform/feature-flags.ts';
import { urlOf } from '../routing/view.ts';
import type { CfApp } from '../rows/apps.ts';
import type { CfCredentialBinding } from '../rows/services.ts';
import { appOf, editable, targetOf } from './apps.ts';
import { environmentOf } from './environment-rules.ts';

function requireVisible(acting: Acting, name: string): void {
  const visibility = flagOf(acting, name);
  if (!visibility.enabled) throw featureDisabled(visibility.message ?? name);
}

/** Variables are secrets: for Space Developers and Supporters. */
export function readableEnvironment(acting: Acting, guid: string): CfApp {
  // The first flag holds for everybody, the second one not for administrators.
  requireVisible(acting, 'env_var_visibility');
  const app = appOf(acting, guid);
  if (!acting.see.readsEnvironmentOf(homeOf(acting, app))) throw notAuthorized();
  if (!acting.caller.readsSecrets) requireVisible(acting, 'space_developer_env_var_visibility');
  return app;
}

export function updateEnvironment(acting: Acting, guid: string, sent: unknown): CfApp {
  const app = editable(acting, guid, 'managesApps');
  const environment = environmentOf(sent, app.environment, 'Var');
  const changed: CfApp = { ...app, environment, updatedAt: acting.ctx.now() };
  acting.store.apps.set(guid, changed);
  const data = { request: { environment_variables: '[PRIVATE DATA HIDDEN]' } };
  record(acting, 'audit.app.update', targetOf(app), { space: homeOf(acting, app) }, data);
  return changed;
}

/** `GET /v3/apps/{guid}/env`: what the app would find around it. */
export function fullEnvironment(acting: Acting, guid: string): Shape {
  const { store, see } = acting;
  const app = readableEnvironment(acting, guid);
  const space = homeOf(acting, app);
  const org = store.orgs.get(space.org);
  record(acting, 'audit.app.environment.show', targetOf(app), { space });
  const urls = store.routes.by('app', guid).map((route) => urlOf(route, store.domains.get(route.domain)));
  const secrets = see.readsSecretsOf(space);
  return {
    staging_env_json: groupNamed(acting, 'staging').variables,
    running_env_json: groupNamed(acting, 'running').variables,
    environment_variables: app.environment,
    system_env_json: secrets ? { VCAP_SERVICES: services(acting, app) } : { redacted_message: '[PRIVATE DATA HIDDEN]' },
    application_env_json: {
      VCAP_APPLICATION: {
        cf_api: acting.api,
        limits: { fds: 32_768, mem: 1024, disk: 1024 },
        application_name: app.name,
        application_uris: urls,
        name: app.name,
        space_name: space.name,
        space_id: space.guid,
        organization_id: space.org,
        organization_name: org?.name ?? '',
        uris: urls,
        users: null,
        application_id: app.guid,
      },
    },
  };
}

function services({ store }: Acting, app: CfApp): Shape {
  const found: Record<string, Shape[]> = {};
  const show = (binding: CfCredentialBinding) => {
    const instance = store.instances.get(binding.instance);
    const plan = store.plans.get(instance?.plan ?? '');
    const offering = store.offerings.get(plan?.offering ?? '');
    const label = offering?.name ?? 'user-provided';
    const row = {
      label,
      provider: null,
      plan: plan?.name,
      name: binding.name ?? instance?.name,
      // cloud_controller_ng, ManagedServiceInstance; SAP's libraries look for the offering's tag.
      tags: [...new Set([...(offering?.tags ?? []), ...(instance?.tags ?? [])])],
      instance_guid: instance?.guid,
      instance_name: instance?.name,
      binding_guid: binding.guid,
      binding_name: binding.name,
      credentials: binding.credentials,
      syslog_drain_url: null,
      volume_mounts: [],
    };
    found[label] = [...(found[label] ?? []), row];
  };
  for (const binding of store.bindings.by('app', app.guid)) show(binding);
  return found;
}

import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import {
  badQuery,
  bindingParametersNotSupported,
  notAuthorized,
  notFound,
  resourceNotFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, requireWritable, type Shape } from '../acting.ts';
import { appView } from '../apps/view.ts';
import { record, requestOf } from '../events.ts';
import { startJob } from '../jobs.ts';
import { byCreation, list } from '../listing.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfCredentialBinding } from '../rows/services.ts';
import type { changedBinding } from './bodies.ts';
import { refuseBusy } from './instances.ts';
import { inProgress } from './operations.ts';
import { removeBinding } from './removal.ts';
import { bindingView, instanceView } from './view.ts';

const BINDING_QUERY: ListRules = {
  filters: [
    'names',
    'service_instance_guids',
    'service_instance_names',
    'service_plan_names',
    'service_plan_guids',
    'service_offering_names',
    'service_offering_guids',
    'app_guids',
    'app_names',
    'include',
    'type',
    'label_selector',
  ],
  choices: { type: ['app', 'key'] },
  orders: ['name'],
  includes: ['app', 'service_instance'],
  refuse: badQuery,
};

/** The space of a binding: the app's, or the instance's for a key. */
function spaceOfBinding({ store }: Pick<Acting, 'store'>, binding: CfCredentialBinding): CfSpace | undefined {
  const app = store.apps.get(binding.app ?? '');
  return store.spaces.get(app?.space ?? store.instances.get(binding.instance)?.space ?? '');
}

function sees(acting: Acting, binding: CfCredentialBinding): boolean {
  const space = spaceOfBinding(acting, binding);
  return space !== undefined && acting.see.seesSpace(space);
}

export function listBindings(acting: Acting, params: URLSearchParams): Shape {
  const { store, caller } = acting;
  const instanceOf = (binding: CfCredentialBinding) => store.instances.get(binding.instance);
  const planOf = (binding: CfCredentialBinding) => store.plans.get(instanceOf(binding)?.plan ?? '');
  const offeringOf = (binding: CfCredentialBinding) => store.offerings.get(planOf(binding)?.offering ?? '');
  const rows = store.bindings.by('landscape', caller.landscape).filter((binding) => sees(acting, binding));
  return list(acting, params, {
    path: '/v3/service_credential_bindings',
    rules: BINDING_QUERY,
    // Sorted by creation, although no link says so.
    rows: byCreation(rows),
    where: {
      names: (binding, has) => has(binding.name),
      type: (binding, has) => has(binding.type),
      app_guids: (binding, has) => has(binding.app),
      app_names: (binding, has) => has(store.apps.get(binding.app ?? '')?.name),
      service_instance_guids: (binding, has) => has(binding.instance),
      service_instance_names: (binding, has) => has(instanceOf(binding)?.name),
      service_plan_guids: (binding, has) => has(planOf(binding)?.guid),
      service_plan_names: (binding, has) => has(planOf(binding)?.name),
      service_offering_guids: (binding, has) => has(offeringOf(binding)?.guid),
      service_offering_names: (binding, has) => has(offeringOf(binding)?.name),
    },
    show: (binding) => bindingView(acting, binding),
    included: (shown, { include }) => includedBy(acting, shown, include),
  });
}

export function showBinding(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const { include } = parseShowQuery(params, BINDING_QUERY);
  const binding = bindingOf(acting, guid);
  const included = includedBy(acting, [binding], include);
  return { ...bindingView(acting, binding), ...(included ? { included } : {}) };
}

function includedBy(
  acting: Acting,
  bindings: readonly CfCredentialBinding[],
  include: readonly string[],
): Shape | undefined {
  if (include.length === 0) return undefined;
  const { store } = acting;
  const apps = byCreation([...new Set(bindings.map((binding) => store.apps.get(binding.app ?? '')))]);
  const instances = byCreation([...new Set(bindings.map((binding) => store.instances.get(binding.instance)))]);
  return {
    ...(include.includes('app') ? { apps: apps.map((app) => appView(acting, app)) } : {}),
    ...(include.includes('service_instance')
      ? { service_instances: instances.map((instance) => instanceView(acting, instance)) }
      : {}),
  };
}

function bindingOf(acting: Acting, guid: string): CfCredentialBinding {
  const binding = acting.store.bindings.get(guid);
  if (!binding || !sees(acting, binding)) throw notFound('Service credential binding');
  return binding;
}

/** The job of a broker that binds or unbinds. */
export function jobFor(acting: Acting, binding: CfCredentialBinding, what: 'create' | 'delete'): CfJob {
  const kind = binding.type === 'key' ? 'service_keys' : 'service_bindings';
  const resource = { link: 'service_credential_binding', path: 'service_credential_bindings', guid: binding.guid };
  return startJob(acting, `${kind}.${what}`, { resource });
}

/** A binding that the caller may write. */
export function writable(acting: Acting, guid: string): CfCredentialBinding {
  const binding = bindingOf(acting, guid);
  editable(acting, binding, 'develops');
  return binding;
}

function editable(acting: Acting, binding: CfCredentialBinding, right: 'develops' | 'managesApps'): void {
  const space = spaceOfBinding(acting, binding);
  if (!space || !acting.see[right](space)) throw notAuthorized();
  requireWritable(acting, space.org);
}

export function updateBinding(acting: Acting, guid: string, body: z.infer<typeof changedBinding>): CfCredentialBinding {
  const binding = writable(acting, guid);
  const changed: CfCredentialBinding = { ...binding, metadata: metadataOf(body.metadata, binding.metadata) };
  acting.store.bindings.set(guid, changed);
  recordBinding(acting, changed, 'update', requestOf(body));
  return changed;
}

export function deleteBinding(acting: Acting, guid: string): CfJob | undefined {
  const { store } = acting;
  const binding = bindingOf(acting, guid);
  editable(acting, binding, binding.type === 'key' ? 'develops' : 'managesApps');
  if (inProgress(acting, binding.lastOperation)) {
    throw unprocessable('There is an operation in progress for the service binding.');
  }
  const instance = store.instances.get(binding.instance);
  if (instance) refuseBusy(acting, instance);
  recordBinding(acting, binding, 'delete');
  removeBinding(acting, binding);
  return instance?.plan === undefined ? undefined : jobFor(acting, binding, 'delete');
}

/** `GET …/details`: credentials, for Space Developers; others are told that there is no such binding. */
export function detailsOf(acting: Acting, guid: string): Shape {
  const binding = bindingOf(acting, guid);
  const space = spaceOfBinding(acting, binding);
  if (!space || !acting.see.readsSecretsOf(space)) throw notFound('Service credential binding');
  if (inProgress(acting, binding.lastOperation)) {
    throw resourceNotFound(`Creation of service ${binding.type === 'key' ? 'key' : 'binding'} in progress`);
  }
  recordBinding(acting, binding, 'show');
  const drain = acting.store.instances.get(binding.instance)?.syslogDrainUrl;
  return {
    credentials: binding.credentials,
    ...(binding.type === 'app' && drain != null ? { syslog_drain_url: drain } : {}),
  };
}

/** Brokers of SAP do not give parameters back (recorded of XSUAA). */
export function parametersOf(acting: Acting, guid: string): JsonObject {
  const binding = bindingOf(acting, guid);
  const plan = acting.store.plans.get(acting.store.instances.get(binding.instance)?.plan ?? '');
  const offering = acting.store.offerings.get(plan?.offering ?? '');
  if (offering?.features.bindings_retrievable !== true) throw bindingParametersNotSupported();
  return binding.parameters ?? {};
}

export function recordBinding(acting: Acting, binding: CfCredentialBinding, what: string, request?: JsonObject): void {
  const type = binding.type === 'key' ? 'service_key' : 'service_binding';
  const space = spaceOfBinding(acting, binding);
  const about = {
    service_instance_guid: binding.instance,
    ...(binding.app === undefined ? {} : { app_guid: binding.app }),
  };
  const target = { guid: binding.guid, type, name: binding.name ?? '' };
  record(acting, `audit.${type}.${what}`, target, space ? { space } : {}, request ?? { request: about });
}

import type { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { notAuthorized, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Metadata, metadataOf, NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf, newRow, requireWritable } from '../acting.ts';
import { exceeds, quotasOf } from '../quotas/limits.ts';
import type { CfApp } from '../rows/apps.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfCredentialBinding, CfServiceInstance } from '../rows/services.ts';
import { jobFor, recordBinding } from './bindings.ts';
import type { bindingKind, newAppBinding, newKey } from './bodies.ts';
import { credentialsOf } from './credentials.ts';
import { refuseBusy, seesInstance } from './instances.ts';
import { doneOperation, startedOperation } from './operations.ts';

/** `POST /v3/service_credential_bindings`: a job for managed instances, the binding itself for user-provided ones. */
export async function createBinding(
  acting: Acting,
  body: Omit<z.infer<typeof bindingKind>, 'relationships'> & {
    readonly relationships: Partial<z.infer<typeof newAppBinding>['relationships']> &
      z.infer<typeof newKey>['relationships'];
  },
): Promise<CfJob | CfCredentialBinding> {
  const { store, see } = acting;
  const kept = metadataOf(body.metadata);
  const instanceGuid = body.relationships.service_instance.data.guid;
  const instance = store.instances.get(instanceGuid);
  if (!instance || !seesInstance(acting, instance)) {
    throw unprocessable(`The service instance could not be found: '${instanceGuid}'`);
  }
  if (instance.plan === undefined && body.parameters != null) {
    throw unprocessable('Binding parameters are not supported for user-provided service instances');
  }
  const options = {
    name: typeof body.name === 'string' ? body.name : null,
    metadata: kept,
    ...(body.parameters == null ? {} : { parameters: body.parameters as JsonObject }),
  };
  if (body.type === 'key') {
    const space = homeOf(acting, instance);
    if (!see.develops(space)) throw notAuthorized();
    requireWritable(acting, space.org);
    return addKey(acting, instance, space, options);
  }
  const appGuid = body.relationships.app?.data.guid ?? '';
  const app = store.apps.get(appGuid);
  const space = app && store.spaces.get(app.space);
  if (!app || !space || !see.seesSpace(space)) throw unprocessable(`The app could not be found: '${appGuid}'`);
  if (!see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const binding = await bindApp(acting, instance, app, options);
  return instance.plan === undefined ? binding : jobFor(acting, binding, 'create');
}

interface BindingOptions {
  readonly name: string | null;
  readonly metadata?: Metadata;
  readonly parameters?: JsonObject;
}

async function addKey(
  acting: Acting,
  instance: CfServiceInstance,
  space: CfSpace,
  options: BindingOptions,
): Promise<CfJob> {
  const { store } = acting;
  if (instance.plan === undefined) {
    throw unprocessable(
      "Service credential bindings of type 'key' are not supported for user-provided service instances.",
    );
  }
  refuseBusy(acting, instance);
  refuseUnbindable(acting, instance, 'Service plan does not allow bindings.');
  const keysOf = (one: CfServiceInstance) =>
    store.bindings.by('instance', one.guid).filter((key) => key.type === 'key');
  if (keysOf(instance).some((key) => key.name === options.name)) {
    throw unprocessable(
      `The binding name is invalid. Key binding names must be unique. The service instance already has a key binding with name '${options.name}'.`,
    );
  }
  const quotas = quotasOf(acting, space);
  const keysIn = (guid: string) => store.instances.by('space', guid).flatMap(keysOf).length;
  if (exceeds(quotas.space?.services.total_service_keys, keysIn(space.guid))) {
    throw unprocessable("You have exceeded your space's limit for service binding of type key.");
  }
  const inOrg = store.spacesOf(space.org).reduce((sum, one) => sum + keysIn(one.guid), 0);
  if (exceeds(quotas.org?.services.total_service_keys, inOrg)) {
    throw unprocessable("You have exceeded your organization's limit for service binding of type key.");
  }
  return jobFor(acting, await add(acting, instance, { ...options, type: 'key' }), 'create');
}

/** Binds an app; a manifest does it too. */
export function bindApp(
  acting: Acting,
  instance: CfServiceInstance,
  app: CfApp,
  options: BindingOptions,
): Promise<CfCredentialBinding> {
  const { store } = acting;
  refuseBusy(acting, instance);
  if (![instance.space, ...instance.sharedSpaces].includes(app.space)) {
    throw unprocessable('The service instance and the app are in different spaces');
  }
  refuseUnbindable(acting, instance, 'Service plan does not allow bindings');
  const others = store.bindings.by('app', app.guid);
  if (others.some((binding) => binding.instance === instance.guid)) {
    throw unprocessable('The app is already bound to the service instance');
  }
  if (options.name !== null && others.some((binding) => binding.name === options.name)) {
    throw unprocessable(
      `The binding name is invalid. App binding names must be unique. The app already has a binding with name '${options.name}'.`,
    );
  }
  return add(acting, instance, { ...options, type: 'app', app: app.guid });
}

function refuseUnbindable({ store }: Acting, instance: CfServiceInstance, text: string): void {
  const plan = store.plans.get(instance.plan ?? '');
  const offering = store.offerings.get(plan?.offering ?? '');
  if (plan && (plan.features.bindable ?? offering?.features.bindable) === false) throw unprocessable(text);
}

async function add(
  acting: Acting,
  instance: CfServiceInstance,
  wanted: BindingOptions & Pick<CfCredentialBinding, 'type'> & { readonly app?: string },
): Promise<CfCredentialBinding> {
  const row = newRow(acting);
  const managed = instance.plan !== undefined;
  const { name, type, app, parameters, metadata = NO_METADATA } = wanted;
  const binding: CfCredentialBinding = {
    ...row,
    name,
    type,
    instance: instance.guid,
    ...(app === undefined ? {} : { app }),
    ...(parameters === undefined ? {} : { parameters }),
    credentials: managed
      ? await credentialsOf(acting, instance, { name: name ?? row.guid, parameters })
      : (instance.credentials ?? {}),
    lastOperation: managed ? startedOperation(acting, 'create') : doneOperation(acting, 'create', null),
    metadata,
  };
  acting.store.bindings.set(binding.guid, binding);
  recordBinding(acting, binding, 'create');
  return binding;
}

import type { z } from 'zod';
import {
  alreadyBound,
  badQuery,
  badRequest,
  notAuthorized,
  notFound,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, head, homeOf, link, newRow, requireWritable, type Shape, toOne } from '../acting.ts';
import { record, requestOf } from '../events.ts';
import { startJob } from '../jobs.ts';
import { byCreation, list } from '../listing.ts';
import { routeView } from '../routing/view.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import type { CfServiceRouteBinding } from '../rows/services.ts';
import type { changedBinding, newRouteBinding } from './bodies.ts';
import { refuseBusy, seesInstance } from './instances.ts';
import { doneOperation, operationView } from './operations.ts';
import { instanceView } from './view.ts';

const QUERY: ListRules = {
  filters: ['service_instance_guids', 'service_instance_names', 'route_guids', 'include', 'label_selector'],
  includes: ['route', 'service_instance'],
  refuse: badQuery,
};

export function routeBindingView(acting: Acting, binding: CfServiceRouteBinding): Shape {
  const self = `/v3/service_route_bindings/${binding.guid}`;
  const managed = acting.store.instances.get(binding.instance)?.plan !== undefined;
  return {
    ...head(binding),
    route_service_url: binding.routeServiceUrl,
    last_operation: operationView(acting, binding.lastOperation),
    metadata: binding.metadata,
    relationships: { service_instance: toOne(binding.instance), route: toOne(binding.route) },
    links: {
      self: link(acting, self),
      service_instance: link(acting, `/v3/service_instances/${binding.instance}`),
      route: link(acting, `/v3/routes/${binding.route}`),
      ...(managed ? { parameters: link(acting, `${self}/parameters`) } : {}),
    },
  };
}

function spaceOfBinding({ store }: Acting, binding: CfServiceRouteBinding): CfSpace | undefined {
  return store.spaces.get(store.instances.get(binding.instance)?.space ?? '');
}

function sees(acting: Acting, binding: CfServiceRouteBinding): boolean {
  const space = spaceOfBinding(acting, binding);
  return space !== undefined && acting.see.seesSpace(space);
}

export function listRouteBindings(acting: Acting, params: URLSearchParams): Shape {
  const { store, caller } = acting;
  return list(acting, params, {
    path: '/v3/service_route_bindings',
    rules: QUERY,
    rows: store.routeBindings.by('landscape', caller.landscape).filter((binding) => sees(acting, binding)),
    where: {
      route_guids: (binding, has) => has(binding.route),
      service_instance_guids: (binding, has) => has(binding.instance),
      service_instance_names: (binding, has) => has(store.instances.get(binding.instance)?.name),
    },
    show: (binding) => routeBindingView(acting, binding),
    included: (shown, { include }) => includedBy(acting, shown, include),
  });
}

function includedBy(
  acting: Acting,
  bindings: readonly CfServiceRouteBinding[],
  include: readonly string[],
): Shape | undefined {
  if (include.length === 0) return undefined;
  const { store } = acting;
  const routes = byCreation([...new Set(bindings.map((binding) => store.routes.get(binding.route)))]);
  const instances = byCreation([...new Set(bindings.map((binding) => store.instances.get(binding.instance)))]);
  return {
    ...(include.includes('route') ? { routes: routes.map((route) => routeView(acting, route)) } : {}),
    ...(include.includes('service_instance')
      ? { service_instances: instances.map((instance) => instanceView(acting, instance)) }
      : {}),
  };
}

function routeBindingOf(acting: Acting, guid: string): CfServiceRouteBinding {
  const binding = acting.store.routeBindings.get(guid);
  if (!binding || !sees(acting, binding)) throw notFound('Service route binding');
  return binding;
}

export function showRouteBinding(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const { include } = parseShowQuery(params, { ...QUERY, lenient: true });
  const binding = routeBindingOf(acting, guid);
  const included = includedBy(acting, [binding], include);
  return { ...routeBindingView(acting, binding), ...(included ? { included } : {}) };
}

/** `POST /v3/service_route_bindings`: traffic of the route goes through the service. */
export function createRouteBinding(
  acting: Acting,
  body: z.infer<typeof newRouteBinding>,
): CfServiceRouteBinding | CfJob {
  const { store, see } = acting;
  const kept = metadataOf(body.metadata);
  const instanceGuid = body.relationships.service_instance.data.guid;
  const instance = store.instances.get(instanceGuid);
  if (!instance || !seesInstance(acting, instance)) {
    throw unprocessable(`The service instance could not be found: ${instanceGuid}`);
  }
  const space = homeOf(acting, instance);
  if (!see.managesApps(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  const routeGuid = body.relationships.route.data.guid;
  const route = store.routes.get(routeGuid);
  const home = route && store.spaces.get(route.space);
  if (!route || !home || !see.seesSpace(home)) throw unprocessable(`The route could not be found: ${routeGuid}`);
  if (instance.plan === undefined && body.parameters !== undefined) {
    throw unprocessable('Binding parameters are not supported for user-provided service instances');
  }
  if (instance.plan === undefined && !instance.routeServiceUrl) {
    throw unprocessable('This service instance does not support route binding');
  }
  const offering = store.offerings.get(store.plans.get(instance.plan ?? '')?.offering ?? '');
  if (instance.plan !== undefined && !offering?.requires.includes('route_forwarding')) {
    throw unprocessable('This service instance does not support route binding');
  }
  const domain = store.domains.get(route.domain);
  if (domain?.internal) throw unprocessable('Route services cannot be bound to internal routes');
  if (home.guid !== space.guid) {
    throw unprocessable('The service instance and the route are in different spaces');
  }
  const bound = store.routeBindings.by('route', routeGuid);
  if (bound.some((binding) => binding.instance !== instanceGuid)) {
    throw unprocessable('A route may only be bound to a single service instance');
  }
  if (instance.plan !== undefined) refuseBusy(acting, instance);
  if (bound.length > 0) throw alreadyBound();
  const binding: CfServiceRouteBinding = {
    ...newRow(acting),
    instance: instanceGuid,
    route: routeGuid,
    routeServiceUrl: instance.routeServiceUrl ?? null,
    lastOperation: doneOperation(acting, 'create', null),
    metadata: kept,
  };
  store.routeBindings.set(binding.guid, binding);
  recordBinding(acting, binding, 'create');
  if (instance.plan === undefined) return binding;
  const resource = { link: 'service_route_binding', path: 'service_route_bindings', guid: binding.guid };
  return startJob(acting, 'service_route_bindings.create', { resource });
}

export function updateRouteBinding(
  acting: Acting,
  guid: string,
  body: z.infer<typeof changedBinding>,
): CfServiceRouteBinding {
  const binding = editable(acting, guid);
  const changed: CfServiceRouteBinding = { ...binding, metadata: metadataOf(body.metadata, binding.metadata) };
  acting.store.routeBindings.set(guid, changed);
  recordBinding(acting, changed, 'update', requestOf(body));
  return changed;
}

export function deleteRouteBinding(acting: Acting, guid: string): CfJob | undefined {
  const binding = editable(acting, guid, 'managesApps');
  const instance = acting.store.instances.get(binding.instance);
  if (instance) refuseBusy(acting, instance);
  recordBinding(acting, binding, 'delete');
  acting.store.routeBindings.delete(guid);
  return instance?.plan !== undefined ? startJob(acting, 'service_route_bindings.delete') : undefined;
}

/** For Space Developers; brokers of SAP do not give parameters back (recorded of XSUAA), user-provided instances have none. */
export function parametersOfRouteBinding(acting: Acting, guid: string): never {
  const binding = editable(acting, guid);
  const managed = acting.store.instances.get(binding.instance)?.plan !== undefined;
  throw badRequest(
    `${managed ? 'this service does' : 'user provided service instances do'} not support fetching route bindings parameters.`,
  );
}

/** A binding that the caller may write: as Space Developer; or take away: also as Space Supporter. */
export function editable(
  acting: Acting,
  guid: string,
  right: 'develops' | 'managesApps' = 'develops',
): CfServiceRouteBinding {
  const binding = routeBindingOf(acting, guid);
  const space = spaceOfBinding(acting, binding);
  if (!space || !acting.see[right](space)) throw notAuthorized();
  requireWritable(acting, space.org);
  return binding;
}

function recordBinding(acting: Acting, binding: CfServiceRouteBinding, what: string, request = requestOf({})): void {
  const space = spaceOfBinding(acting, binding);
  const target = { guid: binding.guid, type: 'service_route_binding', name: '' };
  record(acting, `audit.service_route_binding.${what}`, target, space ? { space } : {}, request);
}

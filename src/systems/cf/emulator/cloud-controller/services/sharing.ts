import type { z } from 'zod';
import {
  badQuery,
  featureDisabled,
  unprocessable,
  unshareFailed,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import { parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import type { manyGuids } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { type Acting, link, type Shape, toMany } from '../acting.ts';
import { byCreation } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfServiceInstance } from '../rows/services.ts';
import { orgFields } from './fields.ts';
import { editable, instanceOf } from './instances.ts';
import { usableIn } from './offerings.ts';
import { recordInstance, removeBinding } from './removal.ts';

function view(acting: Acting, instance: CfServiceInstance): Shape {
  return {
    ...toMany(instance.sharedSpaces),
    links: { self: link(acting, `/v3/service_instances/${instance.guid}/relationships/shared_spaces`) },
  };
}

const FIELDS = {
  space: ['name', 'guid', 'relationships.organization'],
  'space.organization': ['name', 'guid'],
};

/** `GET /v3/service_instances/{guid}/relationships/shared_spaces`. */
export function sharedSpaces(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const instance = instanceOf(acting, guid);
  const { fields } = parseShowQuery(params, { fields: FIELDS, refuse: badQuery });
  if (Object.keys(fields).length === 0) return view(acting, instance);
  const spaces = byCreation(instance.sharedSpaces.map((one) => acting.store.spaces.get(one)));
  const rows = spaces.map((space) => ({
    ...(fields.space?.includes('guid') ? { guid: space.guid } : {}),
    ...(fields.space?.includes('name') && acting.see.seesSpace(space) ? { name: space.name } : {}),
    ...(fields.space?.includes('relationships.organization')
      ? { relationships: { organization: { data: { guid: space.org } } } }
      : {}),
  }));
  const included = {
    ...(fields.space ? { spaces: rows } : {}),
    ...orgFields(acting, spaces, fields['space.organization']),
  };
  return { ...view(acting, instance), included };
}

export function usageOfSharedSpaces(acting: Acting, guid: string): Shape {
  const instance = instanceOf(acting, guid);
  const self = `/v3/service_instances/${guid}/relationships/shared_spaces`;
  const bound = (space: string) =>
    acting.store.bindings
      .by('instance', guid)
      .filter((binding) => acting.store.apps.get(binding.app ?? '')?.space === space).length;
  return {
    usage_summary: instance.sharedSpaces.map((space) => ({ space: { guid: space }, bound_app_count: bound(space) })),
    links: {
      self: link(acting, `${self}/usage_summary`),
      shared_spaces: link(acting, self),
      service_instance: link(acting, `/v3/service_instances/${guid}`),
    },
  };
}

/** An instance that the caller may share. */
export function shareable(acting: Acting, guid: string): CfServiceInstance {
  const sharing = flagOf(acting, 'service_instance_sharing');
  if (!sharing.enabled) throw featureDisabled(sharing.message ?? sharing.name);
  return editable(acting, guid);
}

/** `POST …/relationships/shared_spaces`. */
export function shareInstance(acting: Acting, guid: string, body: z.infer<typeof manyGuids>): Shape {
  const { store, see } = acting;
  const instance = shareable(acting, guid);
  const wanted = body.data.map((one) => ({ guid: one.guid, space: store.spaces.get(one.guid) }));
  const unreadable = wanted.filter(({ space }) => !space || !see.seesSpace(space));
  const unwriteable = wanted.filter(({ space }) => space && see.seesSpace(space) && !see.develops(space));
  const quoted = (rows: typeof wanted) => rows.map((row) => `'${row.guid}'`).join(', ');
  const complaints = [
    ...(unreadable.length > 0
      ? [
          `Unable to share service instance ${instance.name} with spaces [${quoted(unreadable)}]. Ensure the spaces exist and that you have access to them.`,
        ]
      : []),
    ...(unwriteable.length > 0
      ? [
          `Unable to share service instance ${instance.name} with spaces [${quoted(unwriteable)}]. Write permission is required in order to share a service instance with a space.`,
        ]
      : []),
  ];
  if (complaints.length > 0) throw unprocessable(complaints.join('\n'));
  for (const { space } of wanted) if (space) refuseSharing(acting, instance, space.guid);
  const spaces = [...new Set([...instance.sharedSpaces, ...wanted.map((one) => one.guid)])];
  const changed = save(acting, { ...instance, sharedSpaces: spaces }, 'share');
  return view(acting, changed);
}

/** cloud_controller_ng, ServiceInstanceShare. */
function refuseSharing({ store }: Acting, instance: CfServiceInstance, target: string): void {
  const plan = store.plans.get(instance.plan ?? '');
  const offering = store.offerings.get(plan?.offering ?? '');
  const space = store.spaces.get(target);
  if (!plan) return;
  if (offering?.catalogMetadata.shareable !== true) {
    throw unprocessable(`The ${offering?.name} service does not support service instance sharing.`);
  }
  if (target === instance.space) {
    throw unprocessable(
      `Unable to share service instance '${instance.name}' with space '${target}'. Service instances cannot be shared into the space where they were created.`,
    );
  }
  if (space && !usableIn(plan, space.org)) {
    throw unprocessable(
      `Access to service ${offering.name} and plan ${plan.name} is not enabled in ${store.orgs.get(space.org)?.name}/${space.name}.`,
    );
  }
  const same = store.instances
    .by('space', target)
    .some((one) => one.guid !== instance.guid && one.name === instance.name);
  if (same) throw unprocessable(`A service instance called ${instance.name} already exists in ${space?.name}.`);
}

/** `DELETE …/relationships/shared_spaces/{space}`: takes the bindings of the apps there too. */
export function unshareInstance(acting: Acting, guid: string, spaceGuid: string): void {
  const { store } = acting;
  const instance = editable(acting, guid);
  if (!store.spaces.get(spaceGuid)) {
    throw unprocessable(`Unable to unshare service instance from space ${spaceGuid}. Ensure the space exists.`);
  }
  if (!instance.sharedSpaces.includes(spaceGuid)) {
    throw unshareFailed(
      `Unable to unshare service instance from space ${spaceGuid}. Ensure the service instance is shared to this space.`,
    );
  }
  for (const binding of store.bindings.by('instance', guid)) {
    if (store.apps.get(binding.app ?? '')?.space === spaceGuid) removeBinding(acting, binding);
  }
  const spaces = instance.sharedSpaces.filter((one) => one !== spaceGuid);
  save(acting, { ...instance, sharedSpaces: spaces }, 'unshare');
}

function save(acting: Acting, instance: CfServiceInstance, what: 'share' | 'unshare'): CfServiceInstance {
  acting.store.instances.set(instance.guid, instance);
  const space = acting.store.spaces.get(instance.space);
  recordInstance(acting, instance, what, space ? { space } : {}, { target_space_guids: instance.sharedSpaces });
  return instance;
}

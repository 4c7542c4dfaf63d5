import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Change } from '../../../protocols/audit/emulator.ts';
import { recordChange } from '../../../protocols/audit/emulator.ts';
import { type Answer, done, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import { type AuthzStore, type CustomCollection, type CustomRole, keyOf, mappingKey } from '../store.ts';
import type { RoleReference } from '../zone/catalogue.ts';
import type { ZoneDirectory } from '../zone/directory.ts';
import type { ShadowUsers } from '../zone/shadow-users.ts';
import { alreadyExists, invalidParameter, noSuchCollection, noSuchRole, readOnlyCollection } from './errors.ts';
import { assignmentView, collectionView, mappingView, roleView } from './views.ts';

/** assumed: at least 14 come on one page in the recordings; nothing says how many do at most. */
const ASSIGNMENTS_PER_PAGE = 100;

/** Role collections and roles of a zone. */
export function createCollectionSemantics(
  ctx: Pick<EmulatorContext, 'world' | 'now'>,
  store: AuthzStore,
  directory: ZoneDirectory,
  users: ShadowUsers,
) {
  /** Rows as btp:d8f4b7c names them. */
  function audit(call: TenantCall, table: string, crud: Change['crud'], more: Readonly<Record<string, string>>): void {
    const attributes = { timestamp: String(ctx.now()), origin: call.caller.originKey, zone: call.zone.guid, ...more };
    recordChange(ctx.world, { zone: call.zone.guid, user: call.caller.user, table, crud, attributes });
  }

  function custom({ zone, params }: TenantCall): CustomCollection | Answer {
    const name = params.roleCollectionName ?? '';
    const collection = store.collections.get(keyOf(zone.guid, name));
    if (collection) return collection;
    return directory.collection(zone, name) ? readOnlyCollection(name) : noSuchCollection(zone.guid, name);
  }

  function assignments({ zone, params }: TenantCall): Answer {
    // Users of all identity providers together, by id (notes §4.1.10).
    const users = [...store.users.by('collection', keyOf(zone.guid, params.roleCollectionName ?? ''))].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    const page = Math.max(1, Number(params.page ?? '1') || 1);
    const items = users.slice((page - 1) * ASSIGNMENTS_PER_PAGE, page * ASSIGNMENTS_PER_PAGE).map(assignmentView);
    const totalPages = Math.max(1, Math.ceil(users.length / ASSIGNMENTS_PER_PAGE));
    return found({ count: users.length, totalPages, items });
  }

  function referenceOf({ zone, params }: TenantCall): RoleReference | undefined {
    const appId = params.roleTemplateAppID ?? params.appId;
    return directory
      .roles(zone)
      .find(
        (role) => role.appId === appId && role.template === params.roleTemplateName && role.name === params.roleName,
      );
  }

  const sameRole = (a: RoleReference, b: RoleReference) =>
    a.appId === b.appId && a.template === b.template && a.name === b.name;

  return {
    list({ zone }: TenantCall): Answer {
      const roles = directory.roles(zone);
      return found(
        directory.collections(zone).map((collection) => collectionView(collection, roles, { always: true })),
      );
    },

    get(call: TenantCall): Answer {
      const { zone, params } = call;
      const name = params.roleCollectionName ?? '';
      const collection = directory.collection(zone, name);
      if (!collection) return noSuchCollection(zone.guid, name);
      if (params.showUserAssignments === 'true') return assignments(call);
      const roles = directory.roles(zone);
      if (params.showAttributeMappings !== 'true') return found(collectionView(collection, roles, { always: false }));
      const mappings = store.mappings.by('collection', keyOf(zone.guid, name));
      const view = (mapping: (typeof mappings)[number]) =>
        mappingView(zone, mapping, directory.provider(zone.guid, mapping.originKey));
      const groups = mappings.filter((mapping) => mapping.attribute === 'Groups').map(view);
      return found(collectionView(collection, roles, { always: false, mappings: mappings.map(view), groups }));
    },

    // Recorded in directories too (resource_directory_role_collection), although SAP's help says that they have none.
    create(call: TenantCall): Answer {
      const { zone, params } = call;
      const { roleCollectionName: name, description = '' } = params;
      if (name === undefined || name === '') return invalidParameter('roleCollectionName');
      if (directory.collection(zone, name)) return alreadyExists('Role collection', name);
      store.collections.set(keyOf(zone.guid, name), { zone: zone.guid, name, description, roles: [] });
      audit(call, 'xsrolecollections', 'CREATE', { rolecollection: name });
      return found({ name, description, isReadOnly: false });
    },

    update(call: TenantCall): Answer {
      const collection = custom(call);
      if ('status' in collection) return collection;
      const { description = collection.description } = call.params;
      store.collections.set(keyOf(collection.zone, collection.name), { ...collection, description });
      return done();
    },

    delete(call: TenantCall): Answer {
      const collection = custom(call);
      if ('status' in collection) return collection;
      const key = keyOf(collection.zone, collection.name);
      // assumed: its assignments go with it.
      for (const user of store.users.by('collection', key)) {
        const left = user.roleCollections.filter((name) => name !== collection.name);
        users.assign(user, left, call.caller.user);
      }
      for (const mapping of store.mappings.by('collection', key)) store.mappings.delete(mappingKey(mapping));
      store.collections.delete(key);
      audit(call, 'xsrolecollections', 'DELETE', { rolecollection: collection.name });
      return done();
    },

    listRoles({ zone }: TenantCall): Answer {
      return found(directory.roles(zone).map((role) => roleView(role, true)));
    },

    getRole(call: TenantCall): Answer {
      const reference = referenceOf(call);
      const role = reference && directory.roles(call.zone).find((one) => sameRole(one, reference));
      return role ? found(roleView(role, false)) : noSuchRole(call.params.roleName ?? '');
    },

    createRole(call: TenantCall): Answer {
      const { zone, params } = call;
      const { roleName: name, appId, roleTemplateName: template, description = '' } = params;
      const origin = directory.roles(zone).find((role) => role.appId === appId && role.template === template);
      if (!origin || !name) return noSuchRole(template ?? '');
      const key = keyOf(zone.guid, origin.appId, origin.template, name);
      if (store.roles.get(key) || (origin.readOnly && origin.name === name)) return alreadyExists('Role', name);
      const attributes = attributesOf(params.attributeList);
      if (attributes === null) return invalidParameter('attributeList');
      const role = {
        zone: zone.guid,
        appId: origin.appId,
        template: origin.template,
        name,
        description,
        ...(attributes === undefined ? {} : { attributes }),
      };
      store.roles.set(key, role);
      audit(call, 'xsrole', 'CREATE', { app: role.appId, template: role.template, role: name });
      return found(roleView({ ...role, scopes: origin.scopes, readOnly: false }, false));
    },

    deleteRole(call: TenantCall): Answer {
      const { roleName = '', appId = '', roleTemplateName = '' } = call.params;
      if (!store.roles.delete(keyOf(call.zone.guid, appId, roleTemplateName, roleName))) return noSuchRole(roleName);
      audit(call, 'xsrole', 'DELETE', { app: appId, template: roleTemplateName, role: roleName });
      return done();
    },

    addRole(call: TenantCall): Answer {
      const collection = custom(call);
      if ('status' in collection) return collection;
      const reference = referenceOf(call);
      if (!reference) return noSuchRole(call.params.roleName ?? '');
      const { appId, template, name } = reference;
      const others = collection.roles.filter((role) => !sameRole(role, reference));
      const roles = [...others, { appId, template, name }];
      store.collections.set(keyOf(collection.zone, collection.name), { ...collection, roles });
      const row = { app: appId, template, role: name, rolecollection: collection.name };
      audit(call, 'xsrolecollection2role', 'CREATE', row);
      return done();
    },

    removeRole(call: TenantCall): Answer {
      const collection = custom(call);
      if ('status' in collection) return collection;
      const reference = referenceOf(call);
      const roles = collection.roles.filter((role) => !reference || !sameRole(role, reference));
      store.collections.set(keyOf(collection.zone, collection.name), { ...collection, roles });
      return done();
    },
  };
}

const attributeList = z.array(z.record(z.string(), z.unknown()));

/** JSON inside of a text; undefined when there is none, null when it is malformed. */
function attributesOf(text: string | undefined): CustomRole['attributes'] | null {
  if (text === undefined || text === '') return undefined;
  try {
    return attributeList.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

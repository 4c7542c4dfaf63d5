import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { recordChange } from '../../../protocols/audit/emulator.ts';
import { type Answer, done, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import { DEFAULT_ORIGIN_KEY } from '../../../protocols/btp-cli/wire.ts';
import { type AuthzStore, keyOf, type Mapping, mappingKey } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import type { ShadowUsers } from '../zone/shadow-users.ts';
import {
  collectionDoesNotExist,
  groupsOfDefaultProvider,
  invalidParameter,
  noSuchUser,
  notAssigned,
  originDoesNotExist,
  unknownOrigin,
} from './errors.ts';
import { removedMappingView, userView } from './views.ts';

/** Shadow users and what is assigned to them, to groups and to attributes. */
export function createUserSemantics(
  ctx: Pick<EmulatorContext, 'world' | 'now'>,
  store: AuthzStore,
  directory: ZoneDirectory,
  shadows: ShadowUsers,
) {
  function originOf(call: TenantCall): string {
    // assumed: the command line's default when none is given.
    return canonicalOrigin(call.params.origin ?? DEFAULT_ORIGIN_KEY);
  }

  function audit({ zone, caller }: TenantCall, crud: 'CREATE' | 'DELETE', mapping: Mapping): void {
    const { collection, originKey, attribute, value } = mapping;
    const timestamp = String(ctx.now());
    const attributes = { timestamp, origin: originKey, attribute, value, zone: zone.guid, rolecollection: collection };
    const table = 'xsrolecollection2samlattribute';
    recordChange(ctx.world, { zone: zone.guid, user: caller.user, table, crud, attributes });
  }

  /** `group` and `attribute` assignments need no user (notes §4.1.7). */
  function mappingOf({ zone, params }: TenantCall, collection: string, originKey: string): Mapping | undefined {
    const attribute = params.group === undefined ? params.attribute : 'Groups';
    const value = params.group ?? params.attributeValue;
    if (attribute === undefined || value === undefined) return undefined;
    return { zone: zone.guid, collection, originKey, attribute, value };
  }

  return {
    list(call: TenantCall): Answer {
      const originKey = originOf(call);
      if (!directory.provider(call.zone.guid, originKey)) return unknownOrigin();
      const users = store.users.by('zoneAndOrigin', keyOf(call.zone.guid, originKey));
      return found(users.map((user) => user.userName));
    },

    get(call: TenantCall): Answer {
      const user = directory.user(call.zone.guid, originOf(call), call.params.userName ?? '');
      return user ? found(userView(user)) : noSuchUser(call.params.userName ?? '');
    },

    // Parameters are documented, the answer was never recorded: assumed to be the deleted user.
    delete(call: TenantCall): Answer {
      const user = directory.user(call.zone.guid, originOf(call), call.params.userName ?? '');
      if (!user) return noSuchUser(call.params.userName ?? '');
      shadows.remove(user, call.caller.user);
      return found(userView(user));
    },

    assign(call: TenantCall): Answer {
      const { zone, params } = call;
      const name = params.roleCollectionName ?? '';
      if (!directory.collection(zone, name)) return collectionDoesNotExist(name);
      const originKey = originOf(call);
      if (!directory.provider(zone.guid, originKey)) return originDoesNotExist(originKey);
      const mapping = mappingOf(call, name, originKey);
      if (mapping) {
        // Groups only from custom identity providers (btp:9562d9d).
        if (originKey === DEFAULT_ORIGIN_KEY) return groupsOfDefaultProvider();
        store.mappings.set(mappingKey(mapping), mapping);
        audit(call, 'CREATE', mapping);
        return done();
      }
      const { userName } = params;
      if (userName === undefined || userName === '') return invalidParameter('userName');
      const known = directory.user(zone.guid, originKey, userName);
      if (!known && params.createUserIfMissing !== 'true') return noSuchUser(userName);
      const user = known ?? shadows.ensure(zone.guid, { originKey, userName }, call.caller.user);
      // assumed: assigning twice changes nothing (XSUAA's PUT of the same assignment is idempotent).
      return found(userView(shadows.assign(user, [...new Set([...user.roleCollections, name])], call.caller.user)));
    },

    unassign(call: TenantCall): Answer {
      const { zone, params } = call;
      const name = params.roleCollectionName ?? '';
      if (!directory.collection(zone, name)) return collectionDoesNotExist(name);
      const originKey = originOf(call);
      const mapping = mappingOf(call, name, originKey);
      if (mapping) {
        if (!store.mappings.delete(mappingKey(mapping))) return notAssigned(name);
        audit(call, 'DELETE', mapping);
        return found(removedMappingView(zone, mapping, directory.provider(zone.guid, originKey)));
      }
      const user = directory.user(zone.guid, originKey, params.userName ?? '');
      if (!user) return noSuchUser(params.userName ?? '');
      if (!user.roleCollections.includes(name)) return notAssigned(name);
      // The user stays, also without any role collection (notes §4.1.5).
      const left = user.roleCollections.filter((held) => held !== name);
      return found(userView(shadows.assign(user, left, call.caller.user)));
    },
  };
}

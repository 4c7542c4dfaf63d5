import { type Address, address } from '../../kernel/address.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ResourceType } from '../../kernel/system.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import { assignmentAddress, scopeName } from './assignment.ts';
import { type AuthorizationZone, deleteUser, readUser, type ZoneUser } from './client.ts';
import { keepLastAdministrator } from './last-administrator.ts';

export interface ShadowUserProps {
  readonly globalAccount: string;
  readonly zone: AuthorizationZone;
  /** As the zone spells it. */
  readonly userName: string;
  readonly originKey: string;
}

export const SHADOW_USER = 'authz/shadow-user';

/**
 * What a zone keeps of a user of an identity provider. It comes by itself with the first role collection, so no manifest
 * declares it; it never goes by itself, so offboarding removes it.
 */
export const shadowUser: ResourceType<ShadowUserProps, ZoneUser> = {
  type: SHADOW_USER,

  async observe(_scope, wanted, ctx) {
    const session = await btpSession(ctx);
    const objects = new Map<Address, ZoneUser>();
    for (const { address: at, props } of wanted) {
      const found = await readUser(session, props.zone, props);
      if (found) objects.set(at, found);
    }
    return { objects, extras: [] };
  },

  // It is never wanted for its own sake.
  diff: () => ({ action: 'none' }),

  async converge({ resource: { props } }, ctx): Promise<JsonObject> {
    const session = await btpSession(ctx);
    const found = await readUser(session, props.zone, props);
    if (!found) return { shadowUser: 'gone already' };
    // With the user goes whatever it holds by now, also what was assigned since the plan.
    for (const roleCollection of found.roleCollections) {
      const held = { ...props, roleCollection };
      await keepLastAdministrator(session, held, assignmentAddress(held));
    }
    await deleteUser(session, props.zone, props);
    return { shadowUser: found.id, roleCollections: [...found.roleCollections] };
  },
};

export function shadowUserAddress({ globalAccount, zone, userName, originKey }: ShadowUserProps): Address {
  return address('authz', 'shadow-user', globalAccount, zone.name, `${userName.toLowerCase()}@${originKey}`);
}

export function shadowUserScope({ zone, userName, originKey }: ShadowUserProps): string {
  return `${scopeName(zone)} ${userName}@${originKey}`;
}

import type { World } from '../../../emulation/world.ts';

/** Name in the audit log where no user is involved (btp:d8f4b7c). */
export const UNKNOWN_USER = 'UNKNOWN_USER';

/** A change of something that an administrator configures. */
export interface Change {
  /** GUID of the tenant that it belongs to. */
  readonly zone: string;
  /** Who did it. @default UNKNOWN_USER */
  readonly user?: string | undefined;
  /** Kind of the object as the documentation names it: `IdentityProvider`, or absent for rows of a table. */
  readonly type?: string;
  /** Table, e.g. `xs_rolecollection2user`. */
  readonly table?: string;
  readonly crud: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly attributes: Readonly<Record<string, string>>;
}

/** Writes a change to the audit log, where there is one; names and categories are those of btp:d8f4b7c, the envelope is assumed. */
export function recordChange(world: Pick<World, 'find'>, change: Change): void {
  const { zone, user, type, table, crud, attributes } = change;
  world.find('audit')?.record({
    zone,
    category: 'audit.configuration',
    ...(user === undefined ? {} : { user }),
    data: {
      object: {
        ...(type === undefined ? {} : { type }),
        id: { ...(table === undefined ? {} : { tableName: table }), crudType: crud },
      },
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, new: value })),
    },
  });
}

/**
 * Writes a security event of a UAA to the audit log, where there is one (form of the example in btp:30ece35).
 * @param event e.g. `UserAuthenticationSuccess ('User authentication success')`
 */
export function recordSecurityEvent(
  world: Pick<World, 'find'>,
  { zone, user, event, principal, origin }: SecurityEvent,
): void {
  world.find('audit')?.record({
    zone,
    category: 'audit.security-events',
    ...(user === undefined ? {} : { user }),
    data: {
      level: 'INFO',
      origin: null,
      message: `${event}: principal=${principal}, origin=[${origin}], identityZoneId=[${zone}]`,
      user: user ?? null,
      version: '1.0',
    },
  });
}

export interface SecurityEvent {
  readonly zone: string;
  readonly user?: string | undefined;
  readonly event: string;
  /** User id or client id. */
  readonly principal: string;
  readonly origin: string;
}

/** Writes that somebody became an administrator by the emergency path (btp:d8f4b7c; A35). */
export function recordEmergency(
  world: Pick<World, 'find'>,
  {
    zone,
    user,
    originKey,
    type,
  }: {
    readonly zone: string;
    readonly user: string;
    readonly originKey: string;
    readonly type: 'Subaccount Administrator assignment' | 'Global Account Administrator assignment';
  },
): void {
  world.find('audit')?.record({
    zone,
    category: 'audit.security-events',
    user,
    data: { crudType: 'CREATE', type, user, origin: originKey },
  });
}

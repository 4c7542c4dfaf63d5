import { type Address, address } from '../../kernel/address.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import type { OrgRole, SpaceRole } from '../protocols/cf-v3/wire.ts';

/** A user of a CF landscape: CF names a user by e-mail and origin. */
export interface CfIdentity {
  readonly email: string;
  readonly originKey: string;
}

/** Props of `cf/user`. */
export interface CfUserProps extends CfIdentity {
  /** CF API endpoint. */
  readonly api: string;
  /** GUIDs of the orgs that the user shall be a member of: where it is looked for. */
  readonly orgs: readonly string[];
}

/** Props of `cf/org-role`. */
export interface OrgRoleProps extends CfIdentity {
  readonly api: string;
  readonly org: { readonly guid: string; readonly name: string };
  readonly type: OrgRole;
}

/** Props of `cf/space-role`. */
export interface SpaceRoleProps extends CfIdentity {
  readonly api: string;
  readonly org: { readonly guid: string; readonly name: string };
  readonly space: { readonly guid: string; readonly name: string };
  readonly type: SpaceRole;
}

/** A role as observed. */
export interface ObservedRole {
  /** GUID of the role. */
  readonly role: string;
  /** GUID of the user. */
  readonly user: string;
}

export function userAddress(api: string, { email, originKey }: CfIdentity): Address {
  return address('cf', 'user', landscapeName(api), `${email}@${originKey}`);
}

export function orgRoleAddress(org: string, { email, originKey }: CfIdentity, type: string): Address {
  return address('cf', 'org-role', org, `${email}@${originKey}`, type);
}

export function spaceRoleAddress(org: string, space: string, { email, originKey }: CfIdentity, type: string): Address {
  return address('cf', 'space-role', org, space, `${email}@${originKey}`, type);
}

/** One text for a user, whatever the case of its e-mail: CF compares user names without case. */
export function identityKey({ email, originKey }: CfIdentity): string {
  return `${email.toLowerCase()}\n${originKey}`;
}

/** Names of our technical users by {@link identityKey}. */
export function ourUsers({ manifest }: Pick<SystemContext, 'manifest'>): ReadonlyMap<string, string> {
  const origins = new Map(manifest.identityProviders.map((provider) => [provider.name, provider.originKey]));
  return new Map(
    manifest.technicalUsers.map((user) => [
      identityKey({ email: user.email, originKey: origins.get(user.identityProvider) ?? '' }),
      user.name,
    ]),
  );
}

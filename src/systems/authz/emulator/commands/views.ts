import { seedId } from '../../../../emulation/seed-id.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { securityDate } from '../../../protocols/btp-cli/emulator/dates.ts';
import type { Mapping, ShadowUser } from '../store.ts';
import type { CatalogueRole } from '../zone/catalogue.ts';
import type { Role, RoleCollection } from '../zone/directory.ts';

// Shapes and key order as in the recordings of security/user, security/role-collection and security/role.

export function userView(user: ShadowUser): object {
  return {
    id: user.id,
    username: user.userName,
    email: user.email,
    ...(user.givenName === undefined ? {} : { givenName: user.givenName }),
    ...(user.familyName === undefined ? {} : { familyName: user.familyName }),
    created: securityDate(user.createdAt),
    modified: securityDate(user.modifiedAt),
    origin: user.originKey,
    zoneId: user.zone,
    verified: false,
    legacyVerificationBehavior: false,
    passwordChangeRequired: false,
    version: user.version,
    active: user.active ?? true,
    roleCollections: user.roleCollections,
  };
}

/** In `showUserAssignments` names are there and null, other than in {@link userView}. */
export function assignmentView(user: ShadowUser): object {
  return {
    id: user.id,
    username: user.userName,
    zoneId: user.zone,
    email: user.email,
    givenName: user.givenName ?? null,
    familyName: user.familyName ?? null,
    origin: user.originKey,
  };
}

/** `roleReferences` is left out when it is empty in `get`, and never in `list`. */
export function collectionView(
  collection: RoleCollection,
  roles: readonly CatalogueRole[],
  options: { readonly always: boolean; readonly mappings?: readonly object[]; readonly groups?: readonly object[] },
): object {
  const references = collection.roles.map((reference) => ({
    roleTemplateAppId: reference.appId,
    roleTemplateName: reference.template,
    name: reference.name,
    description: descriptionOf(reference, roles),
  }));
  return {
    name: collection.name,
    description: collection.description,
    ...(references.length > 0 || options.always ? { roleReferences: references } : {}),
    ...(options.groups && options.groups.length > 0 ? { groupReferences: options.groups } : {}),
    ...(options.mappings && options.mappings.length > 0 ? { samlAttributeAssignment: options.mappings } : {}),
    isReadOnly: collection.readOnly,
  };
}

/** The identity provider is named by host, id and display name; the origin key is nowhere (notes §4.3). */
export function mappingView(zone: Zone, mapping: Mapping, provider: TrustedIdentityProvider | undefined): object {
  return {
    roleCollectionName: mapping.collection,
    roleCollectionIdentityZone: zone.guid,
    samlAttrName: mapping.attribute,
    attributeName: mapping.attribute,
    samlAttributeValue: mapping.value,
    attributeValue: mapping.value,
    comparisonOperator: 'equals',
    samlEntityId: entityId(provider),
    idpId: seedId('identity-provider', provider?.globalAccount ?? zone.guid, mapping.originKey),
    idpDisplayName: provider?.name ?? mapping.originKey,
  };
}

/** What `unassign` gives; here the value is called `samlAttrValue`. */
export function removedMappingView(
  zone: Zone,
  mapping: Mapping,
  provider: TrustedIdentityProvider | undefined,
): object {
  return {
    roleCollectionName: mapping.collection,
    roleCollectionIdentityZone: zone.guid,
    samlAttrName: mapping.attribute,
    samlAttrValue: mapping.value,
    comparisonOperator: 'equals',
    samlEntityId: entityId(provider),
  };
}

export function roleView(role: Role, withApplication: boolean): object {
  const appName = role.appId.split('!')[0] ?? role.appId;
  return {
    roleTemplateName: role.template,
    roleTemplateAppId: role.appId,
    name: role.name,
    attributeList: role.attributes ?? [],
    description: role.description,
    scopes: role.scopes.map((name) => ({ description: role.description, name })),
    isReadOnly: role.readOnly,
    ...(withApplication ? { appName } : {}),
  };
}

function descriptionOf(
  reference: { appId: string; template: string; name: string },
  roles: readonly CatalogueRole[],
): string {
  const exact = roles.find((role) => role.appId === reference.appId && role.name === reference.name);
  return exact?.description ?? '';
}

function entityId(provider: TrustedIdentityProvider | undefined): string | null {
  return provider ? `https://${provider.host}` : null;
}

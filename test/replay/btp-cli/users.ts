import { PREDEFINED, ROLES } from '../../../src/systems/authz/emulator/zone/catalogue.ts';
import { backendOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import type { Survey } from './survey.ts';

export type Level = keyof typeof PREDEFINED;

export interface SeededUser {
  readonly zone: string;
  readonly userName: string;
  readonly originKey: string;
  readonly roleCollections: readonly string[];
  readonly givenName?: string;
  readonly familyName?: string;
}

const origin = (key: string | undefined) => (key === undefined || key === 'ldap' ? 'sap.default' : key);

/** GUID of the tenant that a command is about. */
export function zoneOf(recorded: Recording, globalAccount: string): string {
  const { subaccount, directory } = paramsOf(recorded);
  return subaccount ?? directory ?? globalAccount;
}

/** The users that a sequence's own answers speak of, as they were before it. */
export function recordedUsers(cassette: readonly Recording[], globalAccount: string): readonly SeededUser[] {
  const users = new Map<string, SeededUser>();
  const add = (user: SeededUser) => {
    const key = `${user.zone} ${user.originKey} ${user.userName}`;
    if (!users.has(key)) users.set(key, user);
  };
  for (const recorded of cassette) {
    if (backendOf(recorded) !== 200) continue;
    const zone = zoneOf(recorded, globalAccount);
    const params = paramsOf(recorded);
    const { userName, roleCollectionName } = params;
    const originKey = origin(params.origin);
    if (operationOf(recorded) === 'security/user?list') {
      for (const name of recorded.responseBody as readonly string[]) {
        add({ zone, userName: name, originKey, roleCollections: [] });
      }
    }
    if (userName === undefined) continue;
    const body = recorded.responseBody as (Partial<SeededUser> & { readonly version?: number }) | null;
    const fresh = recorded.action === 'assign' && body?.version === 1;
    if (fresh || body?.roleCollections === undefined) continue;
    const held = body.roleCollections.filter((name) => recorded.action !== 'assign' || name !== roleCollectionName);
    add({
      zone,
      userName,
      originKey,
      roleCollections: held,
      ...(typeof body.givenName === 'string' ? { givenName: body.givenName } : {}),
      ...(typeof body.familyName === 'string' ? { familyName: body.familyName } : {}),
    });
  }
  return [...users.values()];
}

/** Group and attribute mappings in a sequence's own answers; they name the identity provider by its host. */
export function recordedMappings(cassette: readonly Recording[], globalAccount: string, { trusts }: Survey) {
  type Mapping = Readonly<Record<'roleCollectionName' | 'attributeName' | 'attributeValue' | 'samlEntityId', string>>;
  // Subaccounts trust the same identity providers, by other keys.
  const ofAccount = trusts.filter((trust) => trust.subaccount === undefined);
  return cassette.flatMap((recorded) => {
    if (operationOf(recorded) !== 'security/role-collection?get' || backendOf(recorded) !== 200) return [];
    const { subaccount } = paramsOf(recorded);
    const body = recorded.responseBody as { readonly samlAttributeAssignment?: readonly Mapping[] };
    return (body.samlAttributeAssignment ?? []).map((mapping) => ({
      zone: zoneOf(recorded, globalAccount),
      roleCollection: mapping.roleCollectionName,
      attribute: mapping.attributeName,
      value: mapping.attributeValue,
      originKey:
        subaccount === undefined
          ? ofAccount.find((trust) => `https://${trust.identityProvider}` === mapping.samlEntityId)?.originKey
          : 'sap.custom',
    }));
  });
}

/** Role collections of customers that a sequence finds, with those of their roles that every tenant has. */
export function recordedCollections(
  cassette: readonly Recording[],
  globalAccount: string,
  levelOf: (zone: string) => Level,
) {
  const made = new Set(
    cassette
      .filter((one) => operationOf(one) === 'security/role-collection?create' && succeeded(one))
      .map((one) => `${zoneOf(one, globalAccount)} ${paramsOf(one).roleCollectionName}`),
  );
  const found = new Map<string, { zone: string; name: string; description: string; roles: readonly string[] }>();
  const add = (zone: string, name: string, description = '', references: readonly { readonly name: string }[] = []) => {
    const level = levelOf(zone);
    const key = `${zone} ${name}`;
    if (made.has(key) || found.has(key) || PREDEFINED[level].some((one) => one.name === name)) return;
    const roles = references.map((role) => role.name).filter((role) => ROLES[level].some((one) => one.name === role));
    found.set(key, { zone, name, description, roles });
  };
  type Row = {
    readonly name: string;
    readonly description?: string | null;
    readonly roleReferences?: { name: string }[];
  };
  for (const recorded of cassette.filter(succeeded)) {
    const zone = zoneOf(recorded, globalAccount);
    const operation = operationOf(recorded);
    const body = recorded.responseBody;
    const rows =
      operation === 'security/role-collection?list'
        ? (body as readonly Row[])
        : /\/role-collection\?get$/.test(operation)
          ? [body as Row]
          : [];
    for (const row of rows) {
      if (typeof row?.name === 'string') add(zone, row.name, row.description ?? '', row.roleReferences);
    }
    // Pages of assignments do not describe the collection.
    const { roleCollectionName } = paramsOf(recorded);
    if (roleCollectionName !== undefined && recorded.action !== 'create') add(zone, roleCollectionName);
  }
  for (const { zone, roleCollections } of recordedUsers(cassette, globalAccount)) {
    for (const name of roleCollections) add(zone, name);
  }
  return [...found.values()];
}

import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, requireOwnScope, requireScopeInZone } from '../callers.ts';
import { scimRefusal } from '../errors.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { anchors, type Columns, type Filter, FilterError, parseFilter } from './filter.ts';
import { found, htmlEscaped, type Kind, type ListQuery, listQuery, page } from './listing.ts';
import { userDocument } from './user-document.ts';

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'id',
  'created',
  'meta.created',
  'lastmodified',
  'meta.lastmodified',
  'version',
  'meta.version',
  'username',
  'password',
  'email',
  'emails.value',
  'givenname',
  'familyname',
  'groups.display',
  'active',
  'phonenumber',
  'phonenumbers.value',
  'verified',
  'origin',
  'identity_zone_id',
  'passwd_lastmodified',
  'last_logon_success_time',
  'previous_logon_success_time',
  'external_id',
]);
const SORTABLE: ReadonlySet<string> = new Set(
  [...ATTRIBUTES]
    .filter((name) => !name.includes('.') && name !== 'password')
    .concat('emails.value', 'phonenumbers.value'),
);
const INDEXED: ReadonlySet<string> = new Set(['id', 'username', 'email', 'emails.value']);

/** Columns of UAA's table by the names that filters may have for them. */
function columnsOf(user: UaaUser): Columns {
  const { id, userName, email, givenName, familyName, phoneNumber, createdAt, lastModifiedAt, version } = user;
  return {
    id,
    created: createdAt,
    'meta.created': createdAt,
    lastmodified: lastModifiedAt,
    'meta.lastmodified': lastModifiedAt,
    version,
    'meta.version': version,
    username: userName,
    // Nobody finds out a password by comparing.
    password: '',
    email,
    'emails.value': email,
    givenname: givenName,
    familyname: familyName,
    // A column that nothing is written to any more.
    'groups.display': undefined,
    active: user.active,
    phonenumber: phoneNumber,
    'phonenumbers.value': phoneNumber,
    verified: user.verified,
    origin: user.origin,
    identity_zone_id: 'uaa',
    passwd_lastmodified: user.passwordLastModifiedAt,
    last_logon_success_time: user.lastLogonAt,
    previous_logon_success_time: user.previousLogonAt,
    external_id: user.externalId,
  };
}

function usersKind({ store, landscape }: Uaa): Kind<UaaUser> {
  const byAnchor = (attribute: string, value: string): readonly UaaUser[] => {
    if (attribute === 'username') return store.usersByName(landscape, value);
    if (attribute !== 'id') return store.usersByEmail(landscape, value);
    const user = store.user(landscape, value) ?? store.user(landscape, value.toLowerCase());
    return user ? [user] : [];
  };
  return {
    columns: columnsOf,
    attributes: ATTRIBUTES,
    sortable: SORTABLE,
    candidates(filter: Filter | undefined) {
      const known = filter && anchors(filter, INDEXED);
      if (!known) return store.usersOf(landscape);
      const users = new Set(known.flatMap(({ attribute, value }) => byAnchor(attribute, value)));
      return [...users].sort((a, b) => a.createdAt - b.createdAt);
    },
    refused: ({ filter = 'id pr', sortBy }) =>
      scimRefusal(htmlEscaped(`Invalid filter expression: [${filter}] [${sortBy}]`)),
  };
}

/** The parts of a name have no name with a dot (recorded). */
const ATTRIBUTE_NAMES = {
  familyName: 'name.familyName',
  givenName: 'name.givenName',
  'name.familyName': '',
  'name.givenName': '',
};

/** `GET /Users` */
export function listUsers(uaa: Uaa, caller: Caller, params: URLSearchParams): JsonObject {
  requireScopeInZone(caller, 'scim.read');
  const query = listQuery(params, { sortBy: 'created' });
  const wanted = new Set(query.attributes.map((name) => name.toLowerCase()));
  const all = wanted.size === 0;
  const shown = { groups: all || wanted.has('groups'), approvals: all || wanted.has('approvals') };
  return page(found(usersKind(uaa), query), query, (user) => userDocument(uaa, user, shown), {
    mapping: ATTRIBUTE_NAMES,
  });
}

/** `GET /ids/Users`: the look-up of the Cloud Controller, from names to ids and back (UAA UserIdConversionEndpoints). */
export function listUserIds(uaa: Uaa, caller: Caller, params: URLSearchParams): JsonObject {
  requireOwnScope(caller, 'scim.userids');
  const filter = (params.get('filter') ?? '').trim();
  if (filter === '') throw scimRefusal("a 'filter' parameter is required");
  let parsed: Filter;
  try {
    parsed = parseFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw scimRefusal(`Invalid filter '${htmlEscaped(filter)}'`);
  }
  if (!namesUsers(parsed)) throw scimRefusal('Invalid filter attribute.');
  const query: ListQuery = { ...listQuery(params, { sortBy: 'userName' }), sortBy: 'userName', filter, attributes: [] };
  const active = new Set(['uaa', ...uaa.providers().map((provider) => provider.originKey)]);
  const hidden = params.get('includeInactive') !== 'true';
  const users = found(usersKind(uaa), query).filter((user) => !hidden || active.has(user.origin));
  return page(users, query, ({ id, userName, origin }) => ({ id, userName, origin }));
}

/** Whether a filter asks for certain users; everything that could be used to look around is refused. */
function namesUsers(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const left = namesUsers(filter.left);
      return namesUsers(filter.right) || left;
    }
    case 'eq':
      if (filter.attribute === 'id' || filter.attribute === 'username') return true;
      if (filter.attribute === 'origin') return false;
      throw scimRefusal('Invalid filter attribute.');
    case 'pr':
    case 'sw':
    case 'co':
      throw scimRefusal('Wildcards are not allowed in filter.');
    default:
      throw scimRefusal('Invalid operator.');
  }
}

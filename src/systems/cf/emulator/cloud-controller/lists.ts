import {
  notFound,
  type ParsedQuery,
  pageOf,
  parseListQuery,
  slice,
  unprocessable,
} from '../../../protocols/cf-v3/emulator.ts';
import { urlOf } from '../landscapes.ts';
import type { Caller } from './caller.ts';
import type { Presenter } from './present.ts';
import { MEMBER_QUERY, ORG_QUERY, QUOTA_QUERY, ROLE_QUERY, SPACE_QUERY, USER_QUERY } from './queries.ts';
import type { Parts } from './roles.ts';
import { membersOf } from './roles.ts';
import { spaceOf } from './spaces.ts';
import type { CfUser } from './store.ts';
import { visibleUsers } from './users.ts';
import { visibilityOf } from './visibility.ts';

type Body = Record<string, unknown>;

interface Row {
  readonly guid: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The lists of the Cloud Controller: what is visible, filtered, sorted, cut into pages. */
export function createLists(parts: Parts, present: Presenter, landscape: string) {
  const { store, uaa } = parts;
  const api = urlOf('api', landscape);

  function page<T extends Row>(
    path: string,
    query: ParsedQuery,
    rows: readonly T[],
    show: (row: T) => Body,
    included?: (shown: readonly T[]) => Body | undefined,
  ): Body {
    const guids = query.values('guids');
    const found = sorted(guids ? rows.filter((row) => guids.includes(row.guid)) : rows, query.order);
    const shown = slice(found, query);
    const extra = included?.(shown);
    return {
      pagination: pageOf(`${api}${path}`, query, found.length),
      resources: shown.map(show),
      ...(extra === undefined ? {} : { included: extra }),
    };
  }

  function orgsByGuid(guids: readonly (string | undefined)[]) {
    const wanted = new Set(guids);
    return byCreation([...wanted].map((guid) => store.orgs.get(guid ?? '')).filter((org) => org !== undefined));
  }

  /** UAA is asked for the names, as the Cloud Controller asks it. */
  function users(path: string, query: ParsedQuery, rows: readonly CfUser[]): Body {
    const names = query.values('usernames')?.map((name) => name.toLowerCase());
    const partial = query.values('partial_usernames')?.map((name) => name.toLowerCase());
    const origins = query.values('origins');
    if (origins && !names && !partial) {
      throw unprocessable('Origins filter cannot be provided without usernames or partial_usernames filter.');
    }
    const matching = rows.filter((row) => {
      const known = uaa.user(landscape, row.guid);
      const name = known?.userName.toLowerCase() ?? '';
      return (
        (!names || (known !== undefined && names.includes(name))) &&
        (!partial || partial.some((part) => known !== undefined && name.includes(part))) &&
        (!origins || (known !== undefined && origins.includes(known.origin)))
      );
    });
    return page(path, query, matching, present.user);
  }

  return {
    organizations(caller: Caller, params: URLSearchParams): Body {
      const query = parseListQuery(params, ORG_QUERY);
      const names = query.values('names');
      const rows = visibilityOf(store, caller).orgs();
      return page(
        '/v3/organizations',
        query,
        names ? rows.filter((org) => names.includes(org.name)) : rows,
        present.org,
      );
    },
    spaces(caller: Caller, params: URLSearchParams): Body {
      const query = parseListQuery(params, SPACE_QUERY);
      const names = query.values('names');
      const orgs = query.values('organization_guids');
      const rows = visibilityOf(store, caller)
        .spaces()
        .filter((space) => (!names || names.includes(space.name)) && (!orgs || orgs.includes(space.org)));
      return page('/v3/spaces', query, rows, present.space, (shown) =>
        query.include.length === 0
          ? undefined
          : { organizations: orgsByGuid(shown.map((space) => space.org)).map(present.org) },
      );
    },
    roles(caller: Caller, params: URLSearchParams): Body {
      const query = parseListQuery(params, ROLE_QUERY);
      const types = query.values('types');
      const orgs = query.values('organization_guids');
      const spaces = query.values('space_guids');
      const userGuids = query.values('user_guids');
      const rows = visibilityOf(store, caller)
        .roles()
        .filter(
          (role) =>
            (!types || types.includes(role.type)) &&
            (!orgs || orgs.includes(role.org ?? '')) &&
            (!spaces || spaces.includes(role.space ?? '')) &&
            (!userGuids || userGuids.includes(role.user)),
        );
      return page(
        '/v3/roles',
        { ...query, order: query.order ?? { by: 'created_at', descending: false } },
        rows,
        present.role,
        (shown) => {
          if (query.include.length === 0) return undefined;
          const included: Body = {};
          if (query.include.includes('user')) {
            const guids = new Set(shown.map((role) => role.user));
            const found = [...guids].map((guid) => store.users.get(`${landscape}/${guid}`));
            included.users = byCreation(found.filter((user) => user !== undefined)).map(present.user);
          }
          if (query.include.includes('organization')) {
            included.organizations = orgsByGuid(shown.map((role) => role.org)).map(present.org);
          }
          if (query.include.includes('space')) {
            const guids = new Set(shown.map((role) => role.space));
            const found = [...guids].map((guid) => store.spaces.get(guid ?? ''));
            included.spaces = byCreation(found.filter((space) => space !== undefined)).map(present.space);
          }
          return included;
        },
      );
    },
    users(caller: Caller, params: URLSearchParams): Body {
      return users('/v3/users', parseListQuery(params, USER_QUERY), visibleUsers(parts, caller));
    },
    orgUsers(caller: Caller, guid: string, params: URLSearchParams): Body {
      const query = parseListQuery(params, MEMBER_QUERY);
      const org = store.orgs.get(guid);
      if (!org || !visibilityOf(store, caller).seesOrg(org)) throw notFound('Organization');
      return users(`/v3/organizations/${guid}/users`, query, members({ org: guid }));
    },
    spaceUsers(caller: Caller, guid: string, params: URLSearchParams): Body {
      const query = parseListQuery(params, MEMBER_QUERY);
      spaceOf(parts, caller, guid);
      return users(`/v3/spaces/${guid}/users`, query, members({ space: guid }));
    },
    /** Every authenticated user sees all quotas, but only visible orgs in them. */
    quotas(caller: Caller, params: URLSearchParams): Body {
      const query = parseListQuery(params, QUOTA_QUERY);
      const names = query.values('names');
      const orgGuids = query.values('organization_guids');
      const visible = visibilityOf(store, caller).orgs();
      const rows = store.quotas
        .by('landscape', landscape)
        .filter(
          (quota) =>
            (!names || names.includes(quota.name)) &&
            (!orgGuids || visible.some((org) => org.quota === quota.guid && orgGuids.includes(org.guid))),
        );
      return page('/v3/organization_quotas', query, rows, (quota) =>
        present.quota(
          quota,
          visible.filter((org) => org.quota === quota.guid).map((org) => org.guid),
        ),
      );
    },
  };

  function members(place: { readonly org?: string; readonly space?: string }): readonly CfUser[] {
    return [...membersOf(parts, place)]
      .map((guid) => store.users.get(`${landscape}/${guid}`))
      .filter((user) => user !== undefined);
  }
}

function byCreation<T extends Row>(rows: readonly T[]): readonly T[] {
  return sorted(rows, { by: 'created_at', descending: false });
}

/** Ties are broken by GUID; without an order the order of creation holds. */
function sorted<T extends Row>(rows: readonly T[], order: ParsedQuery['order']): readonly T[] {
  if (!order) return rows;
  const key = (row: T): string | number => {
    if (order.by === 'name') return String(Reflect.get(row, 'name'));
    return order.by === 'updated_at' ? row.updatedAt : row.createdAt;
  };
  const sign = order.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left !== right) return left < right ? -sign : sign;
    return a.guid < b.guid ? -1 : 1;
  });
}

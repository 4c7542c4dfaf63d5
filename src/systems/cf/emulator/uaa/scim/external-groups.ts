import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, requireScopeInZone } from '../callers.ts';
import { ScimReport, scimRefusal } from '../errors.ts';
import { addExternalMapping, findGroup, mappingKey } from '../groups.ts';
import type { ExternalMapping, UaaGroup } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { parsed } from './bodies.ts';
import { anchors, FilterError, parseFilter } from './filter.ts';
import { CORE_SCHEMA, listQuery } from './listing.ts';
import { iso } from './user-document.ts';

/** Origin of a mapping that names none: UAA had LDAP groups first. */
const DEFAULT_ORIGIN = 'ldap';

const sentMapping = z.looseObject({
  groupId: z.string().nullish(),
  displayName: z.string().nullish(),
  externalGroup: z.string().nullish(),
  origin: z.string().nullish(),
});

/** `GET /Groups/External` */
export function listMappings(uaa: Uaa, caller: Caller, params: URLSearchParams): JsonObject {
  requireScopeInZone(caller, 'scim.read');
  const query = listQuery(params, { sortBy: 'created' });
  const wanted = { origin: params.get('origin') ?? '', externalgroup: params.get('externalGroup') ?? '' };
  const filter = params.get('filter') ?? '';
  if (filter !== '') {
    if (wanted.origin !== '' || wanted.externalgroup !== '') {
      throw scimRefusal(
        'Deprecated filter parameter may not be used in conjunction with origin or externalGroup parameters',
      );
    }
    Object.assign(wanted, deprecatedFilter(filter));
  }
  const all = uaa.store.externalMappings
    .by('landscape', uaa.landscape)
    .filter((mapping) => wanted.origin === '' || mapping.origin === wanted.origin)
    .filter((mapping) => wanted.externalgroup === '' || mapping.externalGroup === wanted.externalgroup);
  const part = all.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  return {
    resources: part.map((mapping) => shown(uaa, mapping)),
    startIndex: query.startIndex,
    // Other than in the other lists: how many there are, not how many were asked for.
    itemsPerPage: part.length,
    totalResults: all.length,
    schemas: [CORE_SCHEMA],
  };
}

function deprecatedFilter(filter: string): Readonly<Record<string, string>> {
  const refused = () => scimRefusal('Filter not supported, please use origin and externalGroup parameters');
  try {
    const parsedFilter = parseFilter(filter);
    const parts = parsedFilter.kind === 'and' ? [parsedFilter.left, parsedFilter.right] : [parsedFilter];
    const known = new Set(['origin', 'externalgroup']);
    return Object.fromEntries(
      parts.map((part) => {
        const [one] = part.kind === 'eq' ? (anchors(part, known) ?? []) : [];
        if (!one) throw refused();
        return [one.attribute, one.value];
      }),
    );
  } catch (error) {
    throw error instanceof FilterError ? refused() : error;
  }
}

/** `POST /Groups/External`: what is mapped already stays mapped, without a word. */
export function createMapping(uaa: Uaa, caller: Caller, body: unknown): JsonObject {
  requireScopeInZone(caller, 'scim.write');
  const sent = parsed(sentMapping, body);
  const group = mappedGroup(uaa, sent.groupId?.trim() ? sent.groupId : idOf(uaa, sent.displayName ?? ''));
  const externalGroup = sent.externalGroup?.trim() ?? '';
  if (externalGroup === '') {
    const text = 'external group must not be null when mapping an external group';
    throw new ScimReport(412, 'scim_resource_constraint_failed', text);
  }
  const mapping: ExternalMapping = {
    landscape: uaa.landscape,
    group: group.id,
    externalGroup: externalGroup.toLowerCase(),
    origin: sent.origin?.trim() ? sent.origin : DEFAULT_ORIGIN,
  };
  addExternalMapping(uaa.store, mapping);
  return single(uaa, mapping);
}

/** `DELETE /Groups/External/…`, with the group by id or by name. */
export function deleteMapping(
  uaa: Uaa,
  caller: Caller,
  of: { readonly groupId: string } | { readonly displayName: string },
  externalGroup: string,
  origin: string = DEFAULT_ORIGIN,
): JsonObject {
  requireScopeInZone(caller, 'scim.write');
  const group = mappedGroup(uaa, 'groupId' in of ? of.groupId : idOf(uaa, of.displayName));
  const key = mappingKey({
    landscape: uaa.landscape,
    group: group.id,
    externalGroup: externalGroup.trim().toLowerCase(),
    origin,
  });
  const mapping = uaa.store.externalMappings.get(key);
  if (!mapping) {
    const text = `The mapping between groupId ${group.id} and external group ${externalGroup.trim().toLowerCase()} does not exist`;
    throw scimRefusal(text, 404);
  }
  uaa.store.externalMappings.delete(key);
  return single(uaa, mapping);
}

/** One alone has times, which are those of the answer: UAA keeps none. */
function single(uaa: Uaa, mapping: ExternalMapping): JsonObject {
  const now = iso(uaa.ctx.now());
  const meta = { version: 0, created: now, lastModified: now };
  return { ...shown(uaa, mapping), meta, schemas: [CORE_SCHEMA] };
}

/** The group of a mapping; unlike elsewhere its absence has no name of its own. */
function mappedGroup({ store, landscape }: Uaa, id: string): UaaGroup {
  const group = store.groups.get(keyIn(landscape, id));
  if (!group) throw scimRefusal(`Group ${id} does not exist`, 404);
  return group;
}

function idOf({ store, landscape }: Uaa, displayName: string): string {
  if (displayName.trim() === '') throw scimRefusal('Group not found, not name provided', 404);
  const group = findGroup(store, landscape, displayName);
  if (!group) throw scimRefusal(`Group not found:${displayName}`, 404);
  return group.id;
}

function shown({ store, landscape }: Uaa, { group, externalGroup, origin }: ExternalMapping): JsonObject {
  const displayName = store.groups.get(keyIn(landscape, group))?.displayName ?? '';
  return { groupId: group, displayName, externalGroup, origin };
}

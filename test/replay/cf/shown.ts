import { isObject } from './compare.ts';
import { listAt, type Recorded, textAt } from './json.ts';
import type { Interaction } from './recorded.ts';
import type { Kind } from './world.ts';

export type ShownKind = Kind | 'users';

const KINDS: readonly ShownKind[] = [
  'organizations',
  'spaces',
  'roles',
  'users',
  'organization_quotas',
  'space_quotas',
  'domains',
  'routes',
  'apps',
  'processes',
  'packages',
  'builds',
  'droplets',
  'service_brokers',
  'service_offerings',
  'service_plans',
  'service_instances',
  'service_credential_bindings',
  'service_route_bindings',
  'isolation_segments',
  'security_groups',
  'stacks',
  'buildpacks',
  'audit_events',
];

export function kindNamed(text: string | undefined): ShownKind | undefined {
  return KINDS.find((kind) => kind === text);
}

/** Path of an exchange after `/v3`. */
export function partsOf(row: Interaction): readonly string[] {
  return new URL(row.url).pathname.split('/').slice(2);
}

/** What kind of resources an answer shows. */
export function kindShown(row: Interaction): ShownKind | undefined {
  const [collection, guid, part, more] = partsOf(row);
  if (part === undefined || part === 'actions' || part === 'upload') return kindNamed(collection);
  if (guid === undefined || part === 'relationships' || part === 'features') return undefined;
  if (/^(running|staging)_security_groups$/.test(part)) return 'security_groups';
  if (part === 'droplets' && (more === undefined || more === 'current')) return 'droplets';
  if (part === 'domains' && (more === undefined || more === 'default')) return 'domains';
  return more === undefined ? kindNamed(part) : undefined;
}

/** The resources that an answer shows, with what it includes; those first that others belong to. */
export function shownBy(row: Interaction): readonly (readonly [ShownKind, Recorded])[] {
  if (row.status >= 300 || !isObject(row.response_body)) return [];
  const body = row.response_body;
  const included = isObject(body.included) ? Object.entries(body.included) : [];
  const kind = kindShown(row);
  const own = Array.isArray(body.resources) ? listAt(body, 'resources') : [body];
  return [
    ...included.flatMap(([name, rows]) => resources(kindNamed(name), Array.isArray(rows) ? rows : [])),
    ...resources(kind, own),
  ];
}

function resources(kind: ShownKind | undefined, rows: readonly unknown[]): readonly (readonly [ShownKind, Recorded])[] {
  if (kind === undefined) return [];
  return rows.flatMap((row) => (isObject(row) && textAt(row, 'guid') !== undefined ? [[kind, row] as const] : []));
}

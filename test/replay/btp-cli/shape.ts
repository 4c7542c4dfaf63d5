/** What values that were seen at one place have in common: their types, and the keys that all or some of them have. */
export interface Shape {
  readonly types: ReadonlySet<string>;
  readonly keys: ReadonlyMap<string, { readonly always: boolean; readonly shape: Shape }>;
  readonly items: Shape | undefined;
}

/** Objects whose keys are data (label names, key ids, link names): their values share one shape. */
const MAPS: ReadonlySet<string> = new Set(['labels', 'keys', 'links']);

export function shapeOf(values: readonly unknown[]): Shape {
  const types = new Set(values.map(typeName));
  const objects = values.filter((value): value is Readonly<Record<string, unknown>> => typeName(value) === 'object');
  const names = new Set(objects.flatMap((value) => Object.keys(value)));
  const keys = new Map(
    [...names].map((name) => {
      const having = objects.filter((value) => Object.hasOwn(value, name));
      const inner = having.map((value) => value[name]);
      const always = having.length === objects.length;
      return [name, { always, shape: MAPS.has(name) ? mapShape(inner) : shapeOf(inner) }] as const;
    }),
  );
  const lists = values.filter((value) => Array.isArray(value));
  const elements = lists.flat() as readonly unknown[];
  return { types, keys, items: elements.length > 0 ? shapeOf(elements) : undefined };
}

/** Where a value does not have the shape; a null was seen or given says nothing about the type. */
export function misfits(value: unknown, shape: Shape, at = ''): readonly string[] {
  const type = typeName(value);
  if (type === 'null' || shape.types.has('null')) {
    if (type === 'null' && !shape.types.has('null')) return [`${at} is null`];
    if (type !== 'null' && shape.types.size === 1) return [];
  }
  if (!shape.types.has(type)) return [`${at} is ${type}, not ${[...shape.types].join('|')}`];
  if (Array.isArray(value)) {
    const { items } = shape;
    return items ? value.flatMap((element) => misfits(element, items, `${at}[]`)) : [];
  }
  if (type !== 'object') return [];
  const object = value as Readonly<Record<string, unknown>>;
  const map = shape.keys.get('*');
  if (map) return Object.values(object).flatMap((inner) => misfits(inner, map.shape, `${at}.*`));
  const missing = [...shape.keys].filter(([name, { always }]) => always && !Object.hasOwn(object, name));
  return [
    ...missing.map(([name]) => `${at}.${name} is missing`),
    ...Object.entries(object).flatMap(([name, inner]) => {
      const known = shape.keys.get(name);
      return known ? misfits(inner, known.shape, `${at}.${name}`) : [`${at}.${name} is new`];
    }),
  ];
}

function mapShape(values: readonly unknown[]): Shape {
  const inner = values.flatMap((value) => (typeName(value) === 'object' ? Object.values(value as object) : []));
  return {
    types: new Set(values.map(typeName)),
    keys: new Map([['*', { always: false, shape: shapeOf(inner) }]]),
    items: undefined,
  };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

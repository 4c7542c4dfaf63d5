import type { Labels } from './store.ts';

type Condition = (values: readonly string[]) => boolean;

/** Conditions of `fieldsFilter` and `labelsFilter` such as `usable eq 'true' and name ne 'x'`; undefined when malformed. */
export function filterOf(
  text: string | undefined,
): ((valuesOf: (key: string) => readonly string[]) => boolean) | undefined {
  if (text === undefined || text.trim() === '') return () => true;
  const conditions: (readonly [string, Condition])[] = [];
  for (const part of text.split(/\s+and\s+/)) {
    const match = /^\s*([\w/.-]+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*$/.exec(part);
    if (!match) return undefined;
    const [, key = '', operator, quoted = ''] = match;
    const value = quoted.replaceAll("''", "'");
    conditions.push([key, (values) => values.includes(value) === (operator === 'eq')]);
  }
  return (valuesOf) => conditions.every(([key, condition]) => condition(valuesOf(key)));
}

/** Labels as the command-line server writes them: one text, sorted by key (recordings). */
export function labelText(labels: Labels, subaccount: string): string {
  const all = { ...labels, subaccount_id: [subaccount] };
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${key} = ${values.join(', ')}`)
    .join('; ');
}

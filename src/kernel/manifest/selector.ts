import { z } from 'zod';
import type { Directory, Inventory, Subaccount } from '../inventory.ts';
import type { Selector } from './types.ts';

const nameOrGlob = z.string().min(1).describe('Name or glob (`team-*`, `?`)');

/** A selector as manifests write it: a name or glob, a list of them, or conditions that must all hold. */
export const selectorSchema = z
  .union([
    nameOrGlob,
    z.array(nameOrGlob).min(1),
    z.strictObject({
      names: z.union([nameOrGlob, z.array(nameOrGlob).min(1)]).optional(),
      labels: z
        .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
        .optional()
        .describe('Label key to accepted value or values; every key must match'),
      directory: nameOrGlob.optional().describe('A directory somewhere above the subaccount'),
    }),
  ])
  .describe('Chooses subaccounts by name, glob, label or directory')
  .transform((written): Selector => {
    if (typeof written === 'string') return { names: [written] };
    if (Array.isArray(written)) return { names: written };
    const { names, labels, directory } = written as Exclude<typeof written, string | string[]>;
    return {
      ...(names === undefined ? {} : { names: [names].flat() }),
      ...(labels === undefined
        ? {}
        : { labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, [value].flat()])) }),
      ...(directory === undefined ? {} : { directory }),
    };
  });

/** Whether a name fits a name or glob (`*` any text, `?` one character). Case matters, as in SAP's display names. */
export function matchesGlob(glob: string, name: string): boolean {
  const expression = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(name);
}

type Selectable = Pick<Subaccount, 'name' | 'labels' | 'directory'>;

/** Whether a selector chooses a subaccount. An empty selector chooses all. */
export function selects(selector: Selector, subaccount: Selectable, directories: readonly Directory[]): boolean {
  const { names, labels, directory } = selector;
  if (names && !names.some((glob) => matchesGlob(glob, subaccount.name))) return false;
  for (const [key, accepted] of Object.entries(labels ?? {})) {
    // A label without values is matched by the empty string.
    const values = subaccount.labels[key];
    if (!values) return false;
    if (!(values.length === 0 ? [''] : values).some((value) => accepted.includes(value))) return false;
  }
  return (
    directory === undefined ||
    directoriesAbove(subaccount, directories).some((above) => matchesGlob(directory, above.name))
  );
}

function directoriesAbove(subaccount: Selectable, directories: readonly Directory[]): readonly Directory[] {
  const above: Directory[] = [];
  let guid = subaccount.directory;
  while (guid !== undefined && above.length < directories.length) {
    const found = directories.find((directory) => directory.guid === guid);
    if (!found) break;
    above.push(found);
    guid = found.parent;
  }
  return above;
}

/** The subaccounts that a selector chooses, in the order of the inventory. */
export function selectSubaccounts(selector: Selector, inventory: Inventory): readonly Subaccount[] {
  return inventory.subaccounts.filter((subaccount) => selects(selector, subaccount, inventory.directories));
}

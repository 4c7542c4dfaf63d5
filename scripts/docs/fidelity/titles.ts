import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pin } from './pins.ts';

const ANYTHING = '[\\s\\S]*';

/**
 * Whether a test of this name still stands in its file, as far as the texts of the file show; what it puts into a title
 * (`%s`, `${…}`) can be anything. Tests can also be made by what the file imports for tests.
 */
export function isThere({ file, test }: Pick<Pin, 'file' | 'test'>): boolean {
  const known = titlesIn(file);
  return test.split(' > ').every((part) => known.some((title) => title.test(part)));
}

const titles = new Map<string, readonly RegExp[]>();

function titlesIn(file: string): readonly RegExp[] {
  const known = titles.get(file) ?? [file, ...makersOf(file)].flatMap((one) => textsIn(readFileSync(one, 'utf8')));
  titles.set(file, known);
  return known;
}

/** Files for tests that a test file imports. */
function makersOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)]
    .map(([, target = '']) => path.join(path.dirname(file), target))
    .filter((target) => /\/testing\/|\.fixture\.|^test\//.test(target) && existsSync(target));
}

/** Texts that can be titles, as patterns of what they become. */
function textsIn(code: string): readonly RegExp[] {
  return [...code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map(([, , text = '']) => {
    const parts = text.replaceAll(/\\(.)/g, '$1').split(/%[a-zA-Z#]|\$\{[^}]*\}|\$[a-zA-Z][\w.]*/);
    return new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join(ANYTHING)}$`);
  });
}

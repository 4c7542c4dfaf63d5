import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.dirname(import.meta.dirname);
const text = readFileSync(path.join(root, 'docs/threat-model.md'), 'utf8');

/** Rows of the promises: `| P1 | promise | against | `file`: title |`. */
const promises = [...text.matchAll(/^\| ([A-Z]\d+) \| (.+?) \| (A[\dA, ]*) \| (.*) \|$/gm)].map(
  ([, id = '', promise = '', against = '', proof = '']) => ({ id, promise, against, proof }),
);

test('every promise of docs/threat-model.md names a test that exists', () => {
  expect(promises.length).toBeGreaterThan(30);
  const unproven = promises.filter(({ proof }) => {
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof) ?? [];
    return !existsSync(path.join(root, file)) || !titlesIn(file).has(title);
  });
  expect(unproven.map(({ id, proof }) => `${id}: ${proof}`)).toEqual([]);
});

test('promises have names of their own, and are made against attackers that the page knows', () => {
  const names = promises.map(({ id }) => id);
  expect(names.length - new Set(names).size).toBe(0);
  const attackers = new Set([...text.matchAll(/^\| (A\d+) \| [^|]+\|/gm)].map(([, name]) => name));
  const named = new Set(promises.flatMap(({ against }) => against.split(', ')));
  expect([...named].filter((name) => !attackers.has(name))).toEqual([]);
  expect([...attackers].filter((name) => !named.has(name ?? ''))).toEqual([]);
});

test('no row of a promise is written so that nobody checks it', () => {
  const rows = [...text.matchAll(/^\| [A-Z]\d+ \|/gm)].length;
  const attackers = [...text.matchAll(/^\| A\d+ \|/gm)].length;
  expect(promises.length).toBe(rows - attackers);
});

/** Titles of the tests of a file, with what a template fills in left as it is written. */
function titlesIn(file: string): ReadonlySet<string> {
  const source = readFileSync(path.join(root, file), 'utf8');
  const titles = [...source.matchAll(/\btest(?:\.\w+(?:\([^\n]*?\))?)*\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)];
  return new Set(titles.map(([, , title = '']) => title.replace(/\\(['"`])/g, '$1')));
}

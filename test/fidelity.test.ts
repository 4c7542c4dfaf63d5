import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIDELITY_PAGE, fidelityPage, listedRoutes } from '../scripts/docs/fidelity/page.ts';
import { keyOf } from '../scripts/docs/fidelity/pins.ts';
import { emulatedRoutes } from '../scripts/docs/fidelity/routes.ts';

test('docs/fidelity.md can be generated, and lists every emulated route', () => {
  const listed = listedRoutes(fidelityPage());
  expect(
    emulatedRoutes()
      .map(keyOf)
      .filter((route) => !listed.has(route)),
  ).toEqual([]);
});

test('no route disappears silently', () => {
  const now = new Set(emulatedRoutes().map(keyOf));
  const gone = [...listedRoutes(readFileSync(FIDELITY_PAGE, 'utf8'))].filter((route) => !now.has(route));
  expect(gone, 'if that is meant: npm run docs').toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIDELITY_PAGE, fidelityPage, gaps, listedRoutes } from '../scripts/docs/fidelity/page.ts';
import { keyOf, knownPins } from '../scripts/docs/fidelity/pins.ts';
import { emulatedRoutes } from '../scripts/docs/fidelity/routes.ts';
import { isThere } from '../scripts/docs/fidelity/titles.ts';

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

test('no route is without a source', () => {
  const remedy =
    'say beside the route, or at the head of what it stands in, where its behaviour is known from; if nobody says so: assumed';
  expect(gaps().withoutSource, remedy).toEqual([]);
});

test('no route is without a test', () => {
  const remedy = 'write one, and then: npm run docs -- --pins <its file>';
  expect(gaps().withoutTest, remedy).toEqual([]);
});

test('the tests that pin routes are still there', () => {
  const gone = [...knownPins()]
    .filter(([, pin]) => !isThere(pin))
    .map(([route, { file, test: title }]) => `${route}: ${file} ${title}`);
  expect(gone, 'npm run docs -- --pins <the file of the test>').toEqual([]);
});

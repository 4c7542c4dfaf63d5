import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIDELITY_PAGE, fidelityPage, listedRoutes } from '../scripts/docs/fidelity/page.ts';
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

test('no route is without a source or a test', () => {
  // In a process of its own: where routes are registered is seen in stack traces, which those of tests hide.
  const told = spawnSync(process.execPath, ['scripts/docs.ts', '--gaps'], { encoding: 'utf8' });
  const remedy =
    'say beside the route, or at the head of what it stands in, where its behaviour is known from (if nobody says so: assumed); write a test, and then: npm run docs -- --pins <its file>';
  expect(told.stderr, remedy).toBe('');
  expect(told.status).toBe(0);
});

test('the tests that pin routes are still there', () => {
  const gone = [...knownPins()]
    .filter(([, pin]) => !isThere(pin))
    .map(([route, { file, test: title }]) => `${route}: ${file} ${title}`);
  expect(gone, 'npm run docs -- --pins <the file of the test>').toEqual([]);
});

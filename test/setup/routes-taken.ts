// Notes which emulated routes a test takes, for `npm run docs -- --pins`; does nothing otherwise.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { ROUTE_TAKEN, type RouteTaken } from '../../src/emulation/mount.ts';

const file = process.env.LOCUM_ROUTES_TAKEN;

if (file !== undefined) {
  const taken = new Set<string>();
  // The state keeps the name of the test before, whose file may be another one.
  let running = false;
  beforeEach(() => {
    running = true;
  });
  afterEach(() => {
    running = false;
  });
  const note = (message: unknown) => {
    const { currentTestName, testPath } = expect.getState();
    // What is asked outside of a test is what prepares it.
    if (!running || currentTestName === undefined || testPath === undefined) return;
    const { pattern, method, path: route, query } = message as RouteTaken;
    const at = path.relative(process.cwd(), testPath);
    taken.add(JSON.stringify({ pattern, method, route, query, file: at, test: currentTestName }));
  };
  subscribe(ROUTE_TAKEN, note);
  afterAll(() => {
    // The next file may run in the same worker, with a list of its own.
    unsubscribe(ROUTE_TAKEN, note);
    if (taken.size > 0) appendFileSync(file, `${[...taken].join('\n')}\n`);
    taken.clear();
  });
}

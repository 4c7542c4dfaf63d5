import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { EmulatedRoute } from './routes.ts';

/** The test that is about a route, as far as a run of the suite shows. */
export interface Pin {
  readonly file: string;
  readonly test: string;
  /** Whether a test takes the route that plays a recording. */
  readonly recorded: boolean;
}

const FILE = 'scripts/docs/fidelity/pins.json';

const pins = z.record(z.string(), z.strictObject({ file: z.string(), test: z.string(), recorded: z.boolean() }));

const taken = z.object({
  pattern: z.string(),
  method: z.string(),
  route: z.string(),
  query: z.string(),
  file: z.string(),
  test: z.string(),
});
type Taken = z.infer<typeof taken>;

/** Pins by {@link keyOf}; those whose test file is gone are left out. */
export function knownPins(): ReadonlyMap<string, Pin> {
  if (!existsSync(FILE)) return new Map();
  const known = pins.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  return new Map(Object.entries(known).filter(([, pin]) => existsSync(pin.file)));
}

export function keyOf({ pattern, method, path: route }: Pick<EmulatedRoute, 'pattern' | 'method' | 'path'>): string {
  return `${pattern} ${method} ${lasting(route)}`;
}

/** A path without the digest of what it serves, which changes with every change of that. */
export function lasting(route: string): string {
  return route.replace(/-[0-9a-f]{12}\./, '-{digest}.');
}

/** Where the tests are that say what a route does. */
const ABOUT_ROUTES = ['src/systems', 'test/scenarios'];

/** Fuzzing takes every route, and says only that none fails. */
const FUZZING = /(?:^|\/)fuzz\.test\.ts$/;

/**
 * Runs tests and keeps, for each route, the one that takes it and the fewest others.
 * @param only files or folders of tests; pins of all others stay. @default all tests that are about routes
 */
export async function recordPins(routes: readonly EmulatedRoute[], only?: readonly string[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-pins-'));
  try {
    const file = path.join(folder, 'taken.jsonl');
    await runTests(only ?? ABOUT_ROUTES, file);
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const all = lines.map((line) => taken.parse(JSON.parse(line))).filter((one) => !FUZZING.test(one.file));
    const before = only ? knownPins() : new Map<string, Pin>();
    const chosen = choose(routes, all, {
      pinOf: (key) => {
        const pin = before.get(key);
        return pin && only?.some((place) => isIn(pin.file, place)) ? undefined : pin;
      },
      wasRecorded: (key) => before.get(key)?.recorded === true,
    });
    await writeFile(FILE, `${JSON.stringify(Object.fromEntries(chosen), undefined, 2)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place.replace(/\/$/, '')}/`);
}

function runTests(only: readonly string[], file: string): Promise<void> {
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...only], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, LOCUM_ROUTES_TAKEN: file },
  });
  // A test that fails is the suite's business, not that of a document.
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}

interface Candidate extends Pin {
  /** Routes that the test takes. */
  readonly breadth: number;
}

/** What is known of tests that did not run again. */
interface Before {
  pinOf(key: string): Pin | undefined;
  wasRecorded(key: string): boolean;
}

function choose(
  routes: readonly EmulatedRoute[],
  all: readonly Taken[],
  before: Before,
): readonly (readonly [string, Pin])[] {
  const byKey = Map.groupBy(all, ({ pattern, method, route }) => keyOf({ pattern, method, path: route }));
  const breadth = new Map<string, number>();
  for (const one of all) breadth.set(testOf(one), (breadth.get(testOf(one)) ?? 0) + 1);
  return routes
    .flatMap((route): (readonly [string, Pin])[] => {
      const action = /\?[\w-]+$/.exec(route.path)?.[0];
      const key = keyOf(route);
      const found = (byKey.get(action === undefined ? key : key.slice(0, -action.length)) ?? [])
        .filter(({ query }) => action === undefined || query.replace(/=$/, '') === action)
        .map(({ file, test }): Candidate => {
          return {
            file,
            test,
            recorded: file.includes('recordings'),
            breadth: breadth.get(testOf({ file, test })) ?? 0,
          };
        });
      const known = before.pinOf(key);
      const [best] = [...(known ? [{ ...known, breadth: 0 }] : []), ...found].toSorted(
        (a, b) =>
          Number(isAbout(b, route)) - Number(isAbout(a, route)) ||
          a.breadth - b.breadth ||
          testOf(a).localeCompare(testOf(b)),
      );
      if (!best) return [];
      const recorded = before.wasRecorded(key) || found.some((one) => one.recorded);
      return [[key, { file: best.file, test: best.test, recorded }]];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const testOf = ({ file, test }: Pick<Taken, 'file' | 'test'>) => `${file} ${test}`;

/** A test of the emulator that the route belongs to says more than one that comes by on its way. */
function isAbout({ file }: Pin, { places }: EmulatedRoute): boolean {
  return places.some((place) => file.startsWith(`${place.file.split('/').slice(0, 3).join('/')}/`));
}

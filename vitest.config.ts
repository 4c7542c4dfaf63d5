import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of slices: many small files that import nearly everything, and start what they need themselves. */
const SLICES = ['src/systems/**/*.test.ts'];

export default defineConfig({
  test: {
    setupFiles: ['test/setup/routes-taken.ts'],
    pool: 'threads',
    // Vitest leaves one core out, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Loading all of it anew for each file was a third of the time. So a module must not keep what one file leaves to another.
      { extends: true, test: { name: 'slices', include: SLICES, isolate: false } },
      { extends: true, test: { name: 'rest', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: SLICES } },
    ],
  },
});

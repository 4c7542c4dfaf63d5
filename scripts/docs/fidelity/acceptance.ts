import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Acceptance scenarios of the identity services: A1 to A38. */
export const SCENARIOS: readonly string[] = Array.from({ length: 38 }, (_, index) => `A${index + 1}`);

export interface NumberedTest {
  readonly file: string;
  readonly title: string;
}

/** Tests that have the number of a scenario in their title, by scenario. */
export function numberedTests(): ReadonlyMap<string, readonly NumberedTest[]> {
  const found = new Map<string, NumberedTest[]>();
  for (const file of [...testsIn('src'), ...testsIn('test')]) {
    for (const [, , title = ''] of readFileSync(file, 'utf8').matchAll(/\(\s*(['"`])(A\d+\b(?:(?!\1).)*)\1/g)) {
      const numbers = /^(?:A\d+(?:, | and )?)+/.exec(title)?.[0].match(/A\d+/g) ?? [];
      for (const number of numbers) found.set(number, [...(found.get(number) ?? []), { file, title }]);
    }
  }
  return found;
}

function testsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => path.posix.join(folder, file))
    .sort();
}

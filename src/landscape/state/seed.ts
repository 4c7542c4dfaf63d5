import { readFile } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { parseDocument } from 'yaml';
import type { EmulatorDefinition } from '../../emulation/emulator.ts';
import { ConfigError } from '../../kernel/errors.ts';

/** What stands in the landscape at the beginning: one part per emulator, by its key. Plain JSON. */
export type Seed = Readonly<Record<string, unknown>>;

/** Reads a seed file (YAML or JSON). Throws a ConfigError when it cannot be read. */
export async function readSeedFile(file: string | URL): Promise<Seed> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('ERR_CONFIG', `can't read the seed ${file}`, { cause, remedy: 'name a file that exists' });
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) {
    const line = problem.linePos?.[0];
    throw seedError(`${file}:${line?.line ?? 1}:${line?.col ?? 1}: ${problem.code}`, 'mend the YAML');
  }
  const seed: unknown = document.toJS();
  if (seed === null || typeof seed !== 'object' || Array.isArray(seed)) {
    throw seedError(`${file} is not a mapping`, 'give one key per emulator');
  }
  return seed as Seed;
}

/** Checks a seed against the emulators' schemas, every part at once; throws a ConfigError that lists all problems. */
export function checkSeed(seed: Seed, emulators: readonly EmulatorDefinition[]): void {
  const known = emulators.flatMap(({ seed: part }) => (part ? [part] : []));
  const keys = known.map(({ key }) => key);
  const problems = Object.keys(seed)
    .filter((key) => !keys.includes(key))
    .map((key) => `unknown key '${key}'${keys.length > 0 ? ` (did you mean '${closest(key, keys)}'?)` : ''}`);
  for (const { key, schema } of known) {
    const result = schema.safeParse(seed[key]);
    for (const issue of result.error?.issues ?? []) {
      problems.push(`${[key, ...issue.path.map(String)].join('.')}: ${issue.message}`);
    }
  }
  if (problems.length > 0) throw seedError(problems.join('\n'), 'mend the seed file');
}

function seedError(because: string, remedy: string): ConfigError {
  return new ConfigError('ERR_CONFIG', `landscape seed: ${because}`, { remedy });
}

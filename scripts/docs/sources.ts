import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A choice between two behaviours of an emulator, as its code asks for it. */
export interface SwitchUse {
  readonly name: string;
  readonly fallback: string;
  readonly file: string;
}

/** Every `switched('name', default)` of the emulators. */
export function switchUses(): readonly SwitchUse[] {
  return sources('src/systems').flatMap(({ file, text }) =>
    [...text.matchAll(/switched\(\s*'([^']+)',\s*(\w+)\s*,?\s*\)/g)].map(([, name = '', fallback = '']) => ({
      name,
      fallback,
      file,
    })),
  );
}

/** Which class each error code is thrown with, wherever a constructor names both. */
export function thrownWith(): ReadonlyMap<string, ReadonlySet<string>> {
  const classes = new Map<string, Set<string>>();
  for (const { text } of sources('src')) {
    for (const [, name = '', code = ''] of text.matchAll(/new (\w+Error)\(\s*'(ERR_[A-Z_]+)'/g)) {
      classes.set(code, (classes.get(code) ?? new Set()).add(name));
    }
  }
  return classes;
}

function sources(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.posix.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/testing'))
    .sort()
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

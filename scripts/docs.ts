// `npm run docs` writes the documents that follow from the code; test/docs.test.ts says when they are out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedPages } from './docs/pages.ts';

if (import.meta.main) {
  for (const [file, text] of generatedPages()) {
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before === text) {
      console.log(`${file}: current`);
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`${file}: written`);
  }
}

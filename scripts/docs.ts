// `npm run docs` writes the documents that follow from the code; test/docs.test.ts says when they are out of date.
// `npm run docs -- --pins [PLACE…]` runs the tests of the systems before, or those of these files and folders, to see which test
// takes which emulated route; `-- --gaps` writes nothing, and tells which routes have no source or no test.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FIDELITY_PAGE, fidelityPage, gaps } from './docs/fidelity/page.ts';
import { recordPins } from './docs/fidelity/pins.ts';
import { emulatedRoutes } from './docs/fidelity/routes.ts';
import { generatedPages } from './docs/pages.ts';

function tellGaps(): void {
  const { withoutSource, withoutTest } = gaps();
  for (const route of withoutSource) console.error(`no comment names a source of ${route}`);
  for (const route of withoutTest) console.error(`no test takes ${route}`);
  if (withoutSource.length + withoutTest.length > 0) process.exitCode = 1;
}

async function writePages(): Promise<void> {
  const [option, ...places] = process.argv.slice(2);
  if (option === '--gaps') return tellGaps();
  if (option === '--pins') await recordPins(emulatedRoutes(), places.length > 0 ? places : undefined);
  for (const [file, text] of [...generatedPages(), [FIDELITY_PAGE, fidelityPage()] as const]) {
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before === text) {
      console.log(`${file}: current`);
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`${file}: written`);
  }
  if (option === '--pins') tellGaps();
}

if (import.meta.main) await writePages();

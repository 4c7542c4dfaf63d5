import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import type { Landscape } from '../../src/landscape/index.ts';

/** Debian's; playwright's own download would be another dependency. */
const EXECUTABLE = '/usr/bin/chromium';

/** Why there is no browser; undefined = there is one. */
export const noBrowser = existsSync(EXECUTABLE) ? undefined : `no ${EXECUTABLE}: apt-get install chromium`;

/** A function, as text: the types of the browser are not those of the tests. */
const AUDIT = readFileSync(path.join(import.meta.dirname, 'page-audit.js'), 'utf8');

/** Widths of a telephone and of a desk, in pixels. */
const WIDTHS = [400, 1280] as const;

/** A headless Chromium that reaches a landscape through its proxy, as a person's browser would. */
export interface Person extends AsyncDisposable {
  readonly page: Page;
  /** What is wrong with the page that is open, at every width; empty = nothing. */
  look(name: string): Promise<readonly string[]>;
}

/** A browser that knows nobody yet. */
export interface OpenChromium extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** Starts a headless Chromium behind a landscape's proxy. */
export async function openChromium(proxy: string): Promise<OpenChromium> {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    proxy: { server: proxy },
    // Chromium's sandbox refuses to run as root, which continuous integration is.
    args: ['--no-sandbox'],
  });
  // The authority of the landscape is not the browser's.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  return { context, [Symbol.asyncDispose]: () => browser.close() };
}

/**
 * Screenshots of what is looked at go to the folder that LOCUM_SCREENSHOTS names.
 * @default none are taken
 */
export async function openPerson(landscape: Landscape): Promise<Person> {
  await using opening = new AsyncDisposableStack();
  const { proxy } = await landscape.listen({ portsFrom: 0 });
  const { context } = opening.use(await openChromium(proxy));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Chromium reports pages with a status of 4xx, which is how a refusal is answered.
    const refusal = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
    if (['error', 'warning'].includes(message.type()) && !refusal) complaints.push(`console: ${message.text()}`);
  });
  const opened = opening.move();
  return {
    page,
    async look(name) {
      // A click does not wait for the page that it leads to.
      await page.waitForLoadState();
      const found: string[] = complaints.splice(0);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const problems = z.array(z.string()).parse(await page.evaluate(`(${AUDIT.trim().replace(/;$/, '')})()`));
        found.push(...problems.map((problem) => `${name} at ${width}: ${problem}`));
        await shoot(page, `${name}-${width}`);
      }
      return found;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.LOCUM_SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

import { parse } from 'node-html-parser';
import { expect, test } from 'vitest';
import { LOGIN, startTestLandscape } from '../../testing/landscape.ts';

test('pages name one stylesheet, which browsers may keep as long as it stays the same', async () => {
  const emulators = await startTestLandscape();
  const page = await emulators.fetch(`${LOGIN}/login`, { headers: { accept: 'text/html' } });
  const [link, ...others] = parse(await page.text()).querySelectorAll('link[rel=stylesheet]');
  expect(others).toEqual([]);
  const href = link?.getAttribute('href') ?? '';
  expect(href).toMatch(/^\/resources\/stylesheets\/uaa-[0-9a-f]{12}\.css$/);
  const style = await emulators.fetch(`${LOGIN}${href}`);
  expect([style.status, style.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/css')]);
  expect(style.headers.get('cache-control')).toMatch(/max-age=\d{5,}|immutable/);
  expect(await style.text()).toContain('{');
  const stale = await emulators.fetch(`${LOGIN}/resources/stylesheets/uaa-000000000000.css`);
  expect(stale.status).toBe(501);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { classOf } from '../scripts/docs/error-classes.ts';
import { generatedPages } from '../scripts/docs/pages.ts';
import { switchUses, thrownWith } from '../scripts/docs/sources.ts';
import { renderError } from '../src/cli/render/errors.ts';
import { loadManifest } from '../src/kernel/manifest/load.ts';
import { systems } from '../src/systems/index.ts';

const root = path.dirname(import.meta.dirname);

test.for([...generatedPages()])('%s is what `npm run docs` writes', ([file, text]) => {
  expect(readFileSync(path.join(root, file), 'utf8'), 'run `npm run docs`').toBe(text);
});

test('every error code is thrown with the class that docs/errors.md gives it', () => {
  for (const [code, classes] of thrownWith()) expect([...classes], code).toEqual([classOf(code).name]);
});

test('docs/landscape.md lists every switch of the emulators with its default, and no other', () => {
  const text = readFileSync(path.join(root, 'docs/landscape.md'), 'utf8');
  const listed = [...text.matchAll(/^\| `([\w-]+\.\w+)` \| (\w+) \|/gm)].map(
    ([, name, fallback]) => `${name} ${fallback}`,
  );
  const used = switchUses().map(({ name, fallback }) => `${name} ${fallback}`);
  expect(listed.toSorted(), 'give each switch a row in docs/landscape.md: default, why it is in doubt').toEqual(
    [...new Set(used)].sort(),
  );
});

const sections = systems.map((system) => system.section);
const load = (yaml: string) => loadManifest('locum.yaml', async () => yaml, sections);

test.for(['README.md', 'docs/manifest.md'])('the manifest that %s shows is one', async (file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const [, manifest = ''] = /```yaml\n(locum: 1\nname: acme.*?)```/s.exec(text) ?? [];
  await expect(load(manifest.replace(/^include:.*\n/m, ''))).resolves.toMatchObject({ name: 'acme' });
});

test('docs/manifest.md shows what lint says of its broken manifest', async () => {
  const text = readFileSync(path.join(root, 'docs/manifest.md'), 'utf8');
  const [, broken = '', said = ''] = /For this file:\n\n```yaml\n(.*?)```.*?```text\n(.*?)```/s.exec(text) ?? [];
  const error = await load(broken).catch((caught: unknown) => caught);
  expect(renderError(error, { paint: pc.createColors(false), width: 120, cwd: root })).toBe(said);
});

test('links between the documents lead somewhere', () => {
  const files = ['README.md', 'CONTRIBUTING.md', ...markdownIn('docs')];
  const broken = files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(file, target))
      .map((target) => `${file}: ${target}`),
  );
  expect(broken).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  const [relative = '', anchor] = target.split('#');
  const file = relative === '' ? from : path.posix.join(path.posix.dirname(from), relative);
  try {
    if (anchor === undefined) return readdirSync(path.join(root, path.dirname(file))).includes(path.basename(file));
    const headings = readFileSync(path.join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm);
    return [...headings].some(([, heading = '']) => anchorOf(heading) === anchor);
  } catch {
    return false;
  }
}

/** As GitHub makes anchors of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join(folder, file));
}

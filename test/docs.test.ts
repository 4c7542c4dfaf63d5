import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
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

describe('docs/landscape.md tells SAP’s libraries where the key of the Destination service is', () => {
  const text = readFileSync(path.join(root, 'docs/landscape.md'), 'utf8');
  const part = text.slice(text.indexOf('### SAP Cloud SDK'), text.indexOf('### Terraform'));
  const key = { clientid: 'sb-x!b1', clientsecret: "p+s/='", uri: 'https://u', url: 'https://t', uaadomain: 'd' };
  const scripts = [...part.matchAll(/```sh\n(.*?)```/gs)].map(([, script = '']) => script);

  /** Runs lines of the document one after the other, as somebody would who reads it. */
  function follow(folder: string, count: number, print: string): string {
    const env = { PATH: process.env.PATH, ACME_DEV_DESTINATION_KEY: JSON.stringify(key) };
    return execFileSync('sh', ['-euc', [...scripts.slice(0, count), print].join('\n')], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
  }

  const inFolder = (act: (folder: string) => void) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'locum-docs-'));
    try {
      act(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const service = { name: 'destination', label: 'destination', tags: ['destination'], credentials: key };

  test('in the environment', () => {
    inFolder((folder) => {
      expect(JSON.parse(follow(folder, 1, 'echo "$VCAP_SERVICES"'))).toEqual({ destination: [service] });
    });
  });

  test('in a file', () => {
    inFolder((folder) => {
      const file = follow(folder, 2, 'printenv VCAP_SERVICES || printenv VCAP_SERVICES_FILE_PATH').trim();
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ destination: [service] });
    });
  });

  test('in a folder of Kubernetes', () => {
    inFolder((folder) => {
      const at = path.join(follow(folder, 3, 'echo "$SERVICE_BINDING_ROOT"').trim(), 'destination/acme-dev');
      const found = readdirSync(at).map((name) => [name, readFileSync(path.join(at, name), 'utf8')]);
      expect(Object.fromEntries(found)).toEqual(key);
    });
  });

  test('in a folder of the service operator', () => {
    const [, json = ''] = /```json\n(.*?)```/s.exec(part) ?? [];
    const { metaDataProperties, credentialProperties } = JSON.parse(json) as Record<string, { name: string }[]>;
    expect(metaDataProperties?.map(({ name }) => name)).toEqual(['type', 'label', 'tags']);
    expect(credentialProperties?.map(({ name }) => name)).toEqual(Object.keys(key).toSorted());
  });
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

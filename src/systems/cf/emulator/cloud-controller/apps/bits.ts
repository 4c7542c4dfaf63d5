import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Contents } from '../rows/apps.ts';

/** A `Procfile` is read as YAML (cloudfoundry/buildpackapplifecycle). */
const procfile = z.record(z.string(), z.string());
const MAX_PROCFILE = 64 * 1024;

/**
 * When which buildpack takes an app, by the files that it looks for (`bin/detect` of cloudfoundry's *-buildpack). Those that are not
 * here, like nginx and binary, never do: an app has to name them. That SAP's buildpacks for Java do neither is assumed.
 */
const DETECTION: Readonly<Record<string, RegExp>> = {
  staticfile: /^Staticfile$/,
  java: /^(WEB-INF\/|META-INF\/MANIFEST\.MF$)/,
  ruby: /^Gemfile$/,
  dotnet_core: /(\.(cs|fs|vb)proj|\.runtimeconfig\.json)$/,
  nodejs: /^package\.json$/,
  go: /^(go\.mod|Godeps(\/Godeps\.json)?|vendor\/vendor\.json|glide\.yaml|\.godir)$|^src\/.+\/[^/]+\.go$/,
  python: /^(requirements\.txt|setup\.py|environment\.yml|Pipfile)$/,
  php: /^(composer\.json|(htdocs\/)?[^/]+\.php)$/,
};

/** The process of an app without a `Procfile` (`bin/release` of the buildpack); others depend on the app itself. */
const COMMANDS: Readonly<Record<string, string>> = { nodejs: 'npm start', staticfile: '$HOME/boot.sh' };

/** Looks into a zip file; undefined = it is none, so nobody knows. */
export function contentsOf(bits: Uint8Array): Contents | undefined {
  const names: string[] = [];
  try {
    const read = unzipSync(bits, {
      filter: ({ name, originalSize }) => {
        names.push(name);
        return name === 'Procfile' && originalSize <= MAX_PROCFILE;
      },
    });
    const kinds = Object.keys(DETECTION).filter((kind) => names.some((name) => DETECTION[kind]?.test(name)));
    return { kinds, procfile: procfileIn(read.Procfile) };
  } catch {
    return undefined;
  }
}

function procfileIn(file: Uint8Array | undefined): Contents['procfile'] {
  if (!file) return {};
  try {
    return procfile.safeParse(parse(Buffer.from(file).toString('utf8'), { maxAliasCount: 0 })).data ?? {};
  } catch {
    return {};
  }
}

/** `nodejs` of `nodejs_buildpack`; undefined where it is none of cloudfoundry's. */
export function kindOf(buildpack: string): string | undefined {
  const kind = buildpack.replace(/[-_]buildpack$/, '').replaceAll('-', '_');
  return Object.hasOwn(DETECTION, kind) ? kind : undefined;
}

/** Commands by type of process; the `Procfile` wins. */
export function processTypesOf(contents: Contents, kind: string | undefined): Readonly<Record<string, string>> {
  const command = COMMANDS[kind ?? ''];
  return { ...(command === undefined ? {} : { web: command }), ...contents.procfile };
}

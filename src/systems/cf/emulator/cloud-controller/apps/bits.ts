import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Contents } from '../rows/apps.ts';
import { kindsIn } from './detection.ts';

/** A `Procfile` is read as YAML (cloudfoundry/buildpackapplifecycle). */
const procfile = z.record(z.string(), z.string());
const MANIFEST = 'META-INF/MANIFEST.MF';
const MAX_READ = 64 * 1024;

/** The process of an app without a `Procfile` (`bin/release` of the buildpack); others depend on the app itself. */
const COMMANDS: Readonly<Record<string, string>> = { nodejs: 'npm start', staticfile: '$HOME/boot.sh' };

/** Looks into a zip file; undefined = it is none, so nobody knows. */
export function contentsOf(bits: Uint8Array): Contents | undefined {
  const names: string[] = [];
  try {
    const read = unzipSync(bits, {
      filter: ({ name, originalSize }) => {
        names.push(name);
        return (name === 'Procfile' || name === MANIFEST) && originalSize <= MAX_READ;
      },
    });
    const manifest = read[MANIFEST] && Buffer.from(read[MANIFEST]).toString('utf8');
    return { kinds: kindsIn({ names, manifest }), procfile: procfileIn(read.Procfile) };
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

/** Commands by type of process; the `Procfile` wins. */
export function processTypesOf(contents: Contents, kind: string | undefined): Readonly<Record<string, string>> {
  const command = COMMANDS[kind ?? ''];
  return { ...(command === undefined ? {} : { web: command }), ...contents.procfile };
}

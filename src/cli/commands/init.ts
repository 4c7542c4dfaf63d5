import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { manifestSchemaForEditors } from '../../engine/engine.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { starterManifest } from '../starter-manifest.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({ schema: z.union([z.literal(true), z.string()]).optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { schema } = options.parse(typed);
  const display = displayOf(io, globals);
  if (schema !== undefined) {
    const text = `${JSON.stringify(manifestSchemaForEditors(), undefined, 2)}\n`;
    if (schema === true) io.stdout.write(text);
    else {
      // A schema is generated: writing it anew loses nothing.
      await writeFile(path.resolve(io.cwd, schema), text);
      display.say(`wrote ${schema}`);
    }
    return EXIT.ok;
  }
  const file = args[0] ?? globals.manifest;
  try {
    await writeFile(path.resolve(io.cwd, file), starterManifest(new Date(parts.now()).getUTCFullYear() + 1), {
      flag: 'wx',
    });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new ConfigError('ERR_CONFIG', exists ? `${file} is there already` : `can't write ${file}`, {
      remedy: 'give another file name: locum init FILE',
      cause,
    });
  }
  display.say(`wrote ${file}; edit it, then: locum lint, locum plan`);
  display.json({ file });
  return EXIT.ok;
};

import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../kernel/errors.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({
  directory: z.string(),
  shell: z.enum(['bash', 'fish', 'powershell']).optional(),
});

export const run: RunCommand = async ({ io, globals, parts, options: typed }) => {
  const { directory, shell } = options.parse(typed);
  const folder = globals.local ?? directory;
  await using running = await parts.findLandscape(path.resolve(io.cwd, folder));
  if (!running) {
    throw new ConfigError('ERR_CONFIG', `no landscape is up in ${folder}`, {
      remedy: 'bring it up in another terminal: locum up',
    });
  }
  const environment = await running.environment();
  const display = displayOf(io, globals);
  const quote = SHELLS[shell ?? (io.env.SHELL?.endsWith('/fish') ? 'fish' : 'bash')];
  const lines = Object.entries(environment).map(([name, value]) => `${quote(name, value)}\n`);
  display.print(lines.join(''));
  display.json(environment);
  return EXIT.ok;
};

/** A line that sets a variable, by shell; values may hold anything but NUL. */
const SHELLS = {
  bash: (name: string, value: string) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  fish: (name: string, value: string) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  powershell: (name: string, value: string) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
} as const;

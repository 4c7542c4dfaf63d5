import type { RunCommand } from '../command.ts';
import { targetOption } from '../options.ts';
import { openPrivateFolder } from '../private-folder.ts';

export const run: RunCommand = async ({ io, globals, parts, args, options }) => {
  const [user = '', command = '', ...rest] = args;
  const { target } = targetOption.parse(options);
  await using open = await parts.openEngine({ io, globals });
  const session = await open.engine.session(user, target);
  await using folder = await openPrivateFolder(session.files, io);
  const own = Object.entries(session.env).map(([name, value]) => [
    name,
    value.replaceAll('{dir}', () => folder.directory),
  ]);
  const env = { ...io.env, ...(await open.environment()), ...Object.fromEntries(own) };
  return await parts.runChild({ command, args: rest, env }, io);
};

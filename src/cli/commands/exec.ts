import type { GuardedSession } from '../../kernel/system.ts';
import { PAYLOAD_SECRETS } from '../../systems/protocols/openbao/payload-settings.ts';
import type { Invocation, RunCommand } from '../command.ts';
import { openPrivateFolder } from '../files/private-folder.ts';
import { openLocalWorld } from '../parts/local-world.ts';
import type { World } from '../parts/parts.ts';
import { targetOption } from '../table/options.ts';

/** Variables with secrets of Locum: who runs as a technical user needs none of them. */
const OWN_SECRETS = ['LOCUM_MASTER_KEY', 'DATABASE_URL', ...PAYLOAD_SECRETS];

export const run: RunCommand = async (call) => {
  const { io, globals, parts, args } = call;
  const [, command = '', ...rest] = args;
  await using world = globals.local === undefined ? undefined : await openLocalWorld(globals.local, io, parts);
  const session = await sessionOf(call, world);
  await using folder = await openPrivateFolder(session.files, io);
  const own = Object.entries(session.env).map(([name, value]) => [
    name,
    value.replaceAll('{dir}', () => folder.directory),
  ]);
  const withheld = new Set([...OWN_SECRETS, ...session.withheld]);
  const inherited = Object.entries(io.env).filter(([name]) => !withheld.has(name));
  const env = {
    ...Object.fromEntries(inherited),
    ...(await world?.environment()),
    ...Object.fromEntries(own),
  };
  return await parts.runChild({ command, args: rest, env }, io);
};

/** The store is closed again before the command runs: it may take hours, and others need the store. */
async function sessionOf({ io, globals, parts, args, options }: Invocation, world?: World): Promise<GuardedSession> {
  const [user = ''] = args;
  const { target } = targetOption.parse(options);
  await using open = await parts.openEngine({ io, globals }, world);
  return await open.engine.session(user, target);
}

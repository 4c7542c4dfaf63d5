import type { CommandSpec, OptionSpec } from '../command.ts';
import { CREDENTIALS } from './credentials.ts';
import { LANDSCAPE } from './landscape.ts';
import { MORE } from './more.ts';
import { STORE } from './store.ts';
import { TECHNICAL_USERS } from './technical-users.ts';
import { USE } from './use.ts';

/** Options of every command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-m, --manifest <file>', about: 'the manifest (default: locum.yaml)', completes: 'file' },
  { flags: '--store <dir>', about: 'the store (default: .locum/store; DATABASE_URL wins)', completes: 'directory' },
  { flags: '--local [dir]', about: 'work on the local landscape of this directory (default: .locum)' },
  { flags: '--json', about: 'JSON on stdout: the objects of the API, one a line' },
  { flags: '--no-color', about: 'no colours (as NO_COLOR in the environment)' },
  { flags: '-q, --quiet', about: 'results and errors only' },
];

/** Every command, by the groups of the help. Only the one that is called loads its code. */
export const COMMANDS: readonly CommandSpec[] = [
  ...TECHNICAL_USERS,
  ...USE,
  ...CREDENTIALS,
  ...LANDSCAPE,
  ...STORE,
  ...MORE,
];

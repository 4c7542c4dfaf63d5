import type { CommandSpec, OptionSpec } from '../command.ts';
import { USER } from './user-argument.ts';

const GROUP = 'Use them:';

const TARGET: OptionSpec = { flags: '--target <name>', about: 'the subaccount or Cloud Foundry landscape' };

/** What a technical user is used with. */
export const USE: readonly CommandSpec[] = [
  {
    name: 'token',
    summary: 'print a token of a technical user',
    group: GROUP,
    arguments: [USER],
    options: [TARGET],
    examples: ['curl -H "Authorization: bearer $(locum token pipeline)" …'],
    load: () => import('../commands/token.ts'),
  },
  {
    name: 'exec',
    summary: 'run a command logged in as a technical user',
    description:
      'Runs a command logged in as a technical user: in a private CF_HOME that is gone afterwards, without a password on disk or among the arguments.',
    group: GROUP,
    arguments: [USER, { name: '<command...>', about: 'the command, after --' }],
    options: [TARGET],
    examples: ['locum exec pipeline --target dev -- cf apps'],
    load: () => import('../commands/exec.ts'),
  },
];

import type { CommandSpec, OptionSpec } from '../command.ts';

const GROUP = 'Local landscape:';

const LANDSCAPE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--directory <dir>', about: 'data directory', default: '.locum', completes: 'directory' },
  { flags: '--seed <file>', about: 'what an empty landscape starts with (default: examples/acme)', completes: 'file' },
];

/** The local landscape. */
export const LANDSCAPE: readonly CommandSpec[] = [
  {
    name: 'start',
    summary: 'the tour: landscape up, then plan, apply and doctor on examples/acme',
    group: GROUP,
    options: [...LANDSCAPE_OPTIONS, { flags: '--once', about: "exit with the doctor's exit code, do not stay up" }],
    load: () => import('../commands/start.ts'),
  },
  {
    name: 'up',
    summary: 'boot the local landscape and stay up',
    group: GROUP,
    options: [
      ...LANDSCAPE_OPTIONS,
      {
        flags: '--fleet <size>',
        about: 'start with a fleet of subaccounts × technical users instead, mistakes included, and write its manifest',
      },
    ],
    examples: ['locum up --directory .fleet --fleet 500x1000'],
    load: () => import('../commands/up.ts'),
  },
  {
    name: 'env',
    summary: 'print what points other programs at the landscape that is up',
    group: GROUP,
    options: [
      { flags: '--directory <dir>', about: 'data directory', default: '.locum', completes: 'directory' },
      { flags: '--shell <shell>', about: 'syntax of the lines', choices: ['bash', 'fish', 'powershell'] },
    ],
    examples: ['eval "$(locum env)"'],
    load: () => import('../commands/env.ts'),
  },
];

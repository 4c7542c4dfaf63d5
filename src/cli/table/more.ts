import type { CommandSpec } from '../command.ts';

const GROUP = 'More:';

/** Explanations and help. */
export const MORE: readonly CommandSpec[] = [
  {
    name: 'explain',
    summary: 'explain a finding, an error or a kind of credential',
    group: GROUP,
    arguments: [{ name: '[code]', about: 'its code, or the kind (default: list all)' }],
    load: () => import('../commands/explain.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    group: GROUP,
    arguments: [{ name: '<shell>', about: 'the shell', choices: ['bash', 'zsh', 'fish'] }],
    examples: ['source <(locum completion bash)'],
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'help',
    summary: 'help on a command, or on exit-codes',
    group: GROUP,
    arguments: [{ name: '[topic...]', about: 'a command, or exit-codes' }],
    load: () => import('../commands/help.ts'),
  },
];

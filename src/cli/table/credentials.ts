import type { CommandSpec } from '../command.ts';
import { USER } from './user-argument.ts';

const GROUP = 'Credentials:';

/** Credentials. */
export const CREDENTIALS: readonly CommandSpec[] = [
  {
    name: 'rotate',
    summary: 'replace a credential everywhere, without an outage',
    description:
      'Replaces a credential in the vault, at its service and in every place that holds it, and proves each. What was interrupted goes on where it stopped: nothing is lost, nothing is done twice.',
    group: GROUP,
    arguments: [
      { name: '[name...]', about: 'technical users, twins or credentials (default: those that are under way)' },
    ],
    options: [
      { flags: '--preview', about: 'show what would be done and what stands against it; send nothing' },
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      { flags: '--due', about: 'all whose time has come: `rotation.every` of the manifest, or their policy' },
      {
        flags: '--compromised',
        about: 'it leaked: end it and its tokens first, wait neither for minimum ages nor for caches',
      },
      { flags: '--accept <code...>', about: 'findings of these codes do not gate' },
      {
        flags: '--no-wait',
        about: 'do not wait for caches, nor fail because a person has to do something: a later `locum rotate` goes on',
      },
      {
        flags: '--secret-stdin',
        about: 'what was made at a console (a secret, a certificate) comes on standard input',
      },
      { flags: '--done', about: 'what it waits for was done at the console; Locum looks whether it was' },
      { flags: '--abort', about: 'give up what is under way and go back, where there is a way back' },
    ],
    examples: [
      'locum rotate ctms-deploy --why CHG-4711',
      'locum rotate ctms-deploy --preview',
      'locum rotate --due --yes',
      'locum rotate pipeline --compromised --yes',
      'locum rotate nightly-api --secret-stdin --yes < secret',
    ],
    load: () => import('../commands/rotate.ts'),
  },
  {
    name: 'uses',
    summary: 'show every place where a technical user is used, ours and others',
    group: GROUP,
    arguments: [USER],
    load: () => import('../commands/uses.ts'),
  },
  {
    name: 'unlock',
    summary: 'end the lock of a technical user or credential after failed logins',
    group: GROUP,
    arguments: [USER],
    load: () => import('../commands/unlock.ts'),
  },
];

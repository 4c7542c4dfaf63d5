import type { CommandSpec, OptionSpec } from '../command.ts';

const GROUP = 'Store:';

const SECRET = { name: '<name>', about: 'a technical user, or a name in the vault' };

const WHY_SHOWN: OptionSpec = { flags: '--why <text>', about: 'reason, for the trail (required)' };

/** Locum's own store. */
export const STORE: readonly CommandSpec[] = [
  {
    name: 'trail',
    summary: 'read the trail: who changed what, when and why',
    group: GROUP,
    arguments: [{ name: '[subject]', about: 'an address, or the name of a secret (default: all)' }],
    options: [
      { flags: '--verify', about: 'recompute the chain of hashes' },
      { flags: '--limit <n>', about: 'newest entries only', number: true },
    ],
    load: () => import('../commands/trail.ts'),
  },
  {
    name: 'vault',
    summary: 'keep the secrets that manifests refer to as vault:NAME',
    group: GROUP,
    commands: [
      {
        name: 'set',
        summary: 'keep a secret, read from stdin or asked for',
        arguments: [{ name: '<name>', about: 'name of the secret' }],
        examples: ['printf %s "$PASSWORD" | locum vault set acme-admin'],
        load: () => import('../commands/vault-set.ts'),
      },
      { name: 'list', summary: 'list names and versions', load: () => import('../commands/vault-list.ts') },
      {
        name: 'rotate-key',
        summary: 'seal every secret with another master key',
        description:
          'Seals every secret with another master key. Without --to, a new key takes the place of the present one in its file.',
        options: [
          { flags: '--to <source>', about: 'where the new key comes from: file:PATH, env:NAME or command:LINE' },
        ],
        load: () => import('../commands/vault-rotate-key.ts'),
      },
      {
        name: 'move',
        summary: 'move every secret to OpenBao, or back into the store',
        description:
          'Moves the sealed text of every version to the external vault that LOCUM_VAULT_URL names, or back into the store; versions and states stay where they are. Interrupted, it goes on when called again.',
        options: [
          { flags: '--to <place>', about: 'store or openbao (required)' },
          { flags: '--why <text>', about: 'reason, for the trail' },
        ],
        load: () => import('../commands/vault-move.ts'),
      },
      {
        name: 'backup',
        summary: 'write the whole store into a file, sealed with the master key',
        description:
          'Writes vault, journal and trail as of one moment into a file, sealed with the master key, and proves it: every secret opens, the trail is whole.',
        arguments: [{ name: '<file>', about: 'a file that is not there yet', completes: 'file' }],
        options: [{ flags: '--why <text>', about: 'reason, for the trail' }],
        load: () => import('../commands/vault-backup.ts'),
      },
      {
        name: 'verify',
        summary: 'prove that every secret opens and the trail is whole',
        arguments: [{ name: '[file]', about: 'a backup (default: the store)', completes: 'file' }],
        options: [{ flags: '--prune', about: 'remove payloads in OpenBao that no version refers to, left by a crash' }],
        load: () => import('../commands/vault-verify.ts'),
      },
      {
        name: 'restore',
        summary: 'bring the store back from a backup',
        description:
          'Brings the store back from a backup that proves itself whole. The master key has to be in its place before: it is in no backup.',
        arguments: [{ name: '<file>', about: 'the backup', completes: 'file' }],
        options: [
          { flags: '--replace', about: 'move a store that holds something aside' },
          { flags: '--why <text>', about: 'reason, for the trail' },
        ],
        load: () => import('../commands/vault-restore.ts'),
      },
    ],
  },
  {
    name: 'secret',
    summary: 'look into the vault, for a reason that goes to the trail',
    group: GROUP,
    commands: [
      {
        name: 'show',
        summary: 'print a secret on the terminal',
        description: 'Prints a secret. Who did it, when and why is in the trail before it is printed.',
        arguments: [SECRET],
        options: [
          WHY_SHOWN,
          { flags: '--at-version <n>', about: 'another version than the current one', number: true },
          { flags: '-y, --yes', about: 'also without a terminal' },
        ],
        examples: ['locum secret show pipeline --why "INC-4711: transport stuck"'],
        load: () => import('../commands/secret-show.ts'),
      },
      {
        name: 'history',
        summary: 'every version with its states, and since when',
        arguments: [SECRET],
        load: () => import('../commands/secret-history.ts'),
      },
      {
        name: 'export',
        summary: 'current secrets into private files, or as variables or JSON into a pipe',
        arguments: [{ ...SECRET, name: '<name...>' }],
        options: [
          WHY_SHOWN,
          { flags: '--to <dir>', about: 'a file for each, mode 0600, below this folder', completes: 'directory' },
          {
            flags: '--age <recipient...>',
            about: 'encrypted with age for these recipients (age1…): never in the clear',
          },
          { flags: '--format <format>', about: 'for the output: shell variables, or JSON', choices: ['env', 'json'] },
          { flags: '-y, --yes', about: 'also without a terminal' },
        ],
        examples: [
          'locum secret export pipeline --to /run/user/1000/deploy --why "release 2027.1"',
          'locum secret export pipeline --age age1… --why "handed to the deploy team" > pipeline.age',
          'locum secret export pipeline monitoring --format json --yes --why nightly | other-vault import',
        ],
        load: () => import('../commands/secret-export.ts'),
      },
    ],
  },
];

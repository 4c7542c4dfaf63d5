import type { CommandSpec, OptionSpec } from './command.ts';

/** Options of every command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-m, --manifest <file>', about: 'the manifest (default: locum.yaml)', completes: 'file' },
  { flags: '--store <dir>', about: 'the store (default: .locum/store; DATABASE_URL wins)', completes: 'directory' },
  { flags: '--local [dir]', about: 'work on the local landscape of this directory (default: .locum)' },
  { flags: '--json', about: 'JSON on stdout: the objects of the API, one a line' },
  { flags: '--no-color', about: 'no colours (as NO_COLOR in the environment)' },
  { flags: '-q, --quiet', about: 'results and errors only' },
];

const PLAN_OPTIONS: readonly OptionSpec[] = [
  { flags: '--adopt', about: 'take over what exists but is not marked as ours' },
  { flags: '--prune', about: 'remove rights of our technical users that no manifest declares' },
  { flags: '--max-removals <n>', about: 'most removals that a plan may hold (default: 10)', number: true },
  { flags: '--renew <name...>', about: 'set the password of these technical users anew' },
];

const LANDSCAPE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--directory <dir>', about: 'data directory', default: '.locum', completes: 'directory' },
  { flags: '--seed <file>', about: 'what an empty landscape starts with (default: examples/acme)', completes: 'file' },
];

const TARGET: OptionSpec = { flags: '--target <name>', about: 'the subaccount or Cloud Foundry landscape' };
const USER = { name: '<name>', about: 'name of a technical user' };

const SECRET = { name: '<name>', about: 'a technical user, or a name in the vault' };
const WHY_SHOWN: OptionSpec = { flags: '--why <text>', about: 'reason, for the trail (required)' };

const MAIN = 'Technical users:';
const USE = 'Use them:';
const CREDENTIALS = 'Credentials:';
const LOCAL = 'Local landscape:';
const KEEP = 'Store:';
const MORE = 'More:';

/** Every command. Only the one that is called loads its code. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'write a commented manifest to start from',
    group: MAIN,
    arguments: [{ name: '[file]', about: 'the manifest to write (default: locum.yaml)', completes: 'file' }],
    options: [
      {
        flags: '--schema [file]',
        about: 'write the JSON Schema for editors instead (default: to stdout)',
        completes: 'file',
      },
    ],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'lint',
    summary: 'judge the manifest without contacting anything',
    group: MAIN,
    load: () => import('./commands/lint.ts'),
  },
  {
    name: 'plan',
    summary: 'show what is missing in every system',
    group: MAIN,
    options: [
      { flags: '--out <file>', about: 'save the plan, for `locum apply FILE`', completes: 'file' },
      ...PLAN_OPTIONS,
      { flags: '--exit-code', about: 'exit with 10 when there are changes' },
      { flags: '--detailed-exitcode', about: 'the same under its Terraform name', hidden: true },
    ],
    examples: ['locum plan --out acme.plan && locum apply acme.plan', 'locum plan --local'],
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'make it so',
    description: 'Makes it so. A run that was interrupted is resumed: nothing is sent twice, nothing is lost.',
    group: MAIN,
    arguments: [{ name: '[plan]', about: 'a plan that was saved (default: a new one)', completes: 'file' }],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      ...PLAN_OPTIONS,
    ],
    load: () => import('./commands/apply.ts'),
  },
  {
    name: 'doctor',
    summary: 'prove with real tokens that each technical user works',
    group: MAIN,
    arguments: [{ name: '[name...]', about: 'technical users (default: all)' }],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'migrate',
    summary: "replace a person's S- or P-user by a technical user",
    description:
      "Replaces a person's S- or P-user that programs borrow. Look first with --overview; --entry prints the new user for the manifest. Then it is made, proven, and given the destinations; the old user keeps its rights for a while and loses them with --finish.",
    group: MAIN,
    options: [
      { flags: '--from <user>', about: 'S- or P-user id, or e-mail, of the user to replace' },
      { flags: '--email <address>', about: 'its e-mail, when --from is an id' },
      { flags: '--to <name>', about: 'name of the technical user (default: made of the e-mail)' },
      { flags: '--overview', about: 'only show every place where the old user is used, and what becomes of it' },
      {
        flags: '--entry [file]',
        about: 'only write the entry of the new user (default: to stdout)',
        completes: 'file',
      },
      { flags: '--grace <days>', about: 'how long the old user keeps its rights (default: 7d)' },
      { flags: '--finish', about: 'take the rights of the old user; `locum thaw` gives them back' },
      { flags: '--now', about: 'with --finish: do not wait for the end of the grace' },
      { flags: '--leave-foreign', about: 'with --finish: go on although destinations still name it' },
      { flags: '--leave-unread', about: 'with --finish: go on although some places could not be looked at' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
    ],
    examples: ['locum migrate --from P2001234567 --email petra@acme.example --overview'],
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'freeze',
    summary: 'take a technical user out of service now: the kill switch',
    description:
      'Takes a technical user out of service: deactivates it at its identity provider, takes its roles, revokes its tokens. Whatever fails, the rest is done all the same, and the report says what still works. What was taken is remembered for `locum thaw`.',
    group: MAIN,
    arguments: [USER],
    options: [
      { flags: '--why <text>', about: 'reason, for journal, trail and whoever plans meanwhile; needed' },
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--at-once', about: 'deactivate before anything is looked for; tokens can not be revoked then' },
    ],
    examples: ["locum freeze pipeline --why 'password found in a log' --yes"],
    load: () => import('./commands/freeze.ts'),
  },
  {
    name: 'thaw',
    summary: 'put back exactly what a freeze took',
    group: MAIN,
    arguments: [USER],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
    ],
    load: () => import('./commands/thaw.ts'),
  },
  {
    name: 'offboard',
    summary: 'remove a technical user everywhere, in the right order',
    description:
      'Removes a technical user everywhere: destinations, Cloud Foundry roles, role collections, shadow users, its user at the identity provider, its password in the vault. Also one that has left the manifest. Shows the plan and asks; interrupted, it goes on when called again.',
    group: MAIN,
    arguments: [USER],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      { flags: '--out <file>', about: 'only save the plan, for --plan FILE', completes: 'file' },
      { flags: '--plan <file>', about: 'carry out exactly this plan', completes: 'file' },
      { flags: '--keep-ias', about: 'leave its user at the identity provider, and its password' },
      { flags: '--keep-shadow-users', about: 'leave shadow users: applications may know their ids' },
      { flags: '--leave-foreign', about: 'go on although destinations of others name it: they break' },
      { flags: '--leave-unread', about: 'go on although some places could not be looked at' },
      { flags: '--max-removals <n>', about: 'most removals that the plan may hold (default: 100)', number: true },
      { flags: '--email <address>', about: 'e-mail of one whose user at the identity provider is gone already' },
    ],
    examples: ['locum offboard pipeline --out bye.plan && locum offboard pipeline --plan bye.plan'],
    load: () => import('./commands/offboard.ts'),
  },
  {
    name: 'due',
    summary: 'when passwords and technical users stop to work',
    group: MAIN,
    arguments: [{ name: '[name...]', about: 'technical users (default: all)' }],
    options: [
      { flags: '--within <duration>', about: 'what counts as soon: 36h, 14d, 2w', default: '30d' },
      { flags: '--exit-code', about: 'exit with 10 when something has ended or ends soon' },
    ],
    examples: ['locum due --within 14d --exit-code'],
    load: () => import('./commands/due.ts'),
  },
  {
    name: 'token',
    summary: 'print a token of a technical user',
    group: USE,
    arguments: [USER],
    options: [TARGET],
    examples: ['curl -H "Authorization: bearer $(locum token pipeline)" …'],
    load: () => import('./commands/token.ts'),
  },
  {
    name: 'exec',
    summary: 'run a command logged in as a technical user',
    description:
      'Runs a command logged in as a technical user: in a private CF_HOME that is gone afterwards, without a password on disk or among the arguments.',
    group: USE,
    arguments: [USER, { name: '<command...>', about: 'the command, after --' }],
    options: [TARGET],
    examples: ['locum exec pipeline --target dev -- cf apps'],
    load: () => import('./commands/exec.ts'),
  },
  {
    name: 'rotate',
    summary: 'replace a credential everywhere, without an outage',
    description:
      'Replaces a credential in the vault, at its service and in every place that holds it, and proves each. What was interrupted goes on where it stopped: nothing is lost, nothing is done twice.',
    group: CREDENTIALS,
    arguments: [
      { name: '[name...]', about: 'technical users, twins or credentials (default: those that are under way)' },
    ],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      { flags: '--due', about: 'all whose time has come: `rotation.every` of the manifest, or their policy' },
      { flags: '--compromised', about: 'it leaked: end tokens, wait neither for minimum ages nor for caches' },
      { flags: '--accept <code...>', about: 'findings of these codes do not gate' },
      { flags: '--no-wait', about: 'do not wait for caches: a later `locum rotate` retires the old secret' },
      { flags: '--abort', about: 'give up what is under way and go back, where there is a way back' },
    ],
    examples: [
      'locum rotate ctms-deploy --why CHG-4711',
      'locum rotate --due --yes',
      'locum rotate pipeline --compromised --yes',
    ],
    load: () => import('./commands/rotate.ts'),
  },
  {
    name: 'uses',
    summary: 'show every place where a technical user is used, ours and others',
    group: CREDENTIALS,
    arguments: [USER],
    load: () => import('./commands/uses.ts'),
  },
  {
    name: 'unlock',
    summary: 'end the lock of a technical user after failed logins',
    group: CREDENTIALS,
    arguments: [USER],
    load: () => import('./commands/unlock.ts'),
  },
  {
    name: 'start',
    summary: 'the tour: landscape up, then plan, apply and doctor on examples/acme',
    group: LOCAL,
    options: [...LANDSCAPE_OPTIONS, { flags: '--once', about: "exit with the doctor's exit code, do not stay up" }],
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'up',
    summary: 'boot the local landscape and stay up',
    group: LOCAL,
    options: [
      ...LANDSCAPE_OPTIONS,
      {
        flags: '--fleet <size>',
        about: 'start with a fleet of subaccounts × technical users instead, mistakes included, and write its manifest',
      },
    ],
    examples: ['locum up --directory .fleet --fleet 500x1000'],
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'env',
    summary: 'print what points other programs at the landscape that is up',
    group: LOCAL,
    options: [
      { flags: '--directory <dir>', about: 'data directory', default: '.locum', completes: 'directory' },
      { flags: '--shell <shell>', about: 'syntax of the lines', choices: ['bash', 'fish', 'powershell'] },
    ],
    examples: ['eval "$(locum env)"'],
    load: () => import('./commands/env.ts'),
  },
  {
    name: 'trail',
    summary: 'read the trail: who changed what, when and why',
    group: KEEP,
    arguments: [{ name: '[subject]', about: 'an address, or the name of a secret (default: all)' }],
    options: [
      { flags: '--verify', about: 'recompute the chain of hashes' },
      { flags: '--limit <n>', about: 'newest entries only', number: true },
    ],
    load: () => import('./commands/trail.ts'),
  },
  {
    name: 'vault',
    summary: 'keep the secrets that manifests refer to as vault:NAME',
    group: KEEP,
    commands: [
      {
        name: 'set',
        summary: 'keep a secret, read from stdin or asked for',
        arguments: [{ name: '<name>', about: 'name of the secret' }],
        examples: ['printf %s "$PASSWORD" | locum vault set acme-admin'],
        load: () => import('./commands/vault-set.ts'),
      },
      { name: 'list', summary: 'list names and versions', load: () => import('./commands/vault-list.ts') },
      {
        name: 'rotate-key',
        summary: 'seal every secret with another master key',
        description:
          'Seals every secret with another master key. Without --to, a new key takes the place of the present one in its file.',
        options: [
          { flags: '--to <source>', about: 'where the new key comes from: file:PATH, env:NAME or command:LINE' },
        ],
        load: () => import('./commands/vault-rotate-key.ts'),
      },
      {
        name: 'backup',
        summary: 'write the whole store into a file, sealed with the master key',
        description:
          'Writes vault, journal and trail as of one moment into a file, sealed with the master key, and proves it: every secret opens, the trail is whole.',
        arguments: [{ name: '<file>', about: 'a file that is not there yet', completes: 'file' }],
        options: [{ flags: '--why <text>', about: 'reason, for the trail' }],
        load: () => import('./commands/vault-backup.ts'),
      },
      {
        name: 'verify',
        summary: 'prove that every secret opens and the trail is whole',
        arguments: [{ name: '[file]', about: 'a backup (default: the store)', completes: 'file' }],
        load: () => import('./commands/vault-verify.ts'),
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
        load: () => import('./commands/vault-restore.ts'),
      },
    ],
  },
  {
    name: 'secret',
    summary: 'look into the vault, for a reason that goes to the trail',
    group: KEEP,
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
        load: () => import('./commands/secret-show.ts'),
      },
      {
        name: 'history',
        summary: 'every version with its states, and since when',
        arguments: [SECRET],
        load: () => import('./commands/secret-history.ts'),
      },
      {
        name: 'export',
        summary: 'current secrets into private files, or as variables or JSON into a pipe',
        arguments: [{ ...SECRET, name: '<name...>' }],
        options: [
          WHY_SHOWN,
          { flags: '--to <dir>', about: 'a file for each, mode 0600, below this folder', completes: 'directory' },
          { flags: '--format <format>', about: 'for the output: shell variables, or JSON', choices: ['env', 'json'] },
          { flags: '-y, --yes', about: 'also without a terminal' },
        ],
        examples: [
          'locum secret export pipeline --to /run/user/1000/deploy --why "release 2027.1"',
          'locum secret export pipeline monitoring --format json --yes --why nightly | other-vault import',
        ],
        load: () => import('./commands/secret-export.ts'),
      },
    ],
  },
  {
    name: 'explain',
    summary: 'explain a finding or an error',
    group: MORE,
    arguments: [{ name: '[code]', about: 'its code (default: list all)' }],
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    group: MORE,
    arguments: [{ name: '<shell>', about: 'the shell', choices: ['bash', 'zsh', 'fish'] }],
    examples: ['source <(locum completion bash)'],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'help',
    summary: 'help on a command, or on exit-codes',
    group: MORE,
    arguments: [{ name: '[topic...]', about: 'a command, or exit-codes' }],
    load: () => import('./commands/help.ts'),
  },
];

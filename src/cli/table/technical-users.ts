import type { CommandSpec, OptionSpec } from '../command.ts';
import { USER } from './user-argument.ts';

const GROUP = 'Technical users:';

const PLAN_OPTIONS: readonly OptionSpec[] = [
  { flags: '--adopt', about: 'take over what exists but is not marked as ours' },
  { flags: '--prune', about: 'remove rights and copies of our technical users that no manifest declares' },
  { flags: '--max-removals <n>', about: 'most removals that a plan may hold (default: 10)', number: true },
  { flags: '--renew <name...>', about: 'set the password of these technical users anew' },
];

/** Technical users. */
export const TECHNICAL_USERS: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'write a commented manifest to start from',
    group: GROUP,
    arguments: [{ name: '[file]', about: 'the manifest to write (default: locum.yaml)', completes: 'file' }],
    options: [
      {
        flags: '--schema [file]',
        about: 'write the JSON Schema for editors instead (default: to stdout)',
        completes: 'file',
      },
    ],
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'lint',
    summary: 'judge the manifest without contacting anything',
    group: GROUP,
    load: () => import('../commands/lint.ts'),
  },
  {
    name: 'plan',
    summary: 'show what is missing in every system',
    group: GROUP,
    options: [
      { flags: '--out <file>', about: 'save the plan, for `locum apply FILE`', completes: 'file' },
      ...PLAN_OPTIONS,
      { flags: '--exit-code', about: 'exit with 10 when there are changes' },
      { flags: '--detailed-exitcode', about: 'the same under its Terraform name', hidden: true },
    ],
    examples: ['locum plan --out acme.plan && locum apply acme.plan', 'locum plan --local'],
    load: () => import('../commands/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'make it so',
    description: 'Makes it so. A run that was interrupted is resumed: nothing is sent twice, nothing is lost.',
    group: GROUP,
    arguments: [{ name: '[plan]', about: 'a plan that was saved (default: a new one)', completes: 'file' }],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      ...PLAN_OPTIONS,
      { flags: '--forget <address...>', about: 'copies that left the manifest and are gone: do not look for them' },
    ],
    load: () => import('../commands/apply.ts'),
  },
  {
    name: 'doctor',
    summary: 'prove with real tokens that each technical user works',
    group: GROUP,
    arguments: [{ name: '[name...]', about: 'technical users (default: all)' }],
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'migrate',
    summary: "replace a person's S- or P-user by a technical user",
    description:
      "Replaces a person's S- or P-user that programs borrow. Look first with --overview; --entry prints the new user for the manifest. Then it is made, proven, and given the destinations; the old user keeps its rights for a while and loses them with --finish.",
    group: GROUP,
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
    load: () => import('../commands/migrate.ts'),
  },
  {
    name: 'freeze',
    summary: 'take a technical user out of service now: the kill switch',
    description:
      'Takes a technical user out of service: deactivates it at its identity provider, takes its roles, revokes its tokens. Whatever fails, the rest is done all the same, and the report says what still works. What was taken is remembered for `locum thaw`.',
    group: GROUP,
    arguments: [USER],
    options: [
      { flags: '--why <text>', about: 'reason, for journal, trail and whoever plans meanwhile; needed' },
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--at-once', about: 'deactivate before anything is looked for; tokens can not be revoked then' },
    ],
    examples: ["locum freeze pipeline --why 'password found in a log' --yes"],
    load: () => import('../commands/freeze.ts'),
  },
  {
    name: 'thaw',
    summary: 'put back exactly what a freeze took',
    group: GROUP,
    arguments: [USER],
    options: [
      { flags: '-y, --yes', about: 'do not ask; needed without a terminal' },
      { flags: '--why <text>', about: 'reason, for journal and trail' },
      { flags: '--leave-missing', about: 'lift the hold although something can not be put back, as its place is gone' },
    ],
    load: () => import('../commands/thaw.ts'),
  },
  {
    name: 'offboard',
    summary: 'remove a technical user everywhere, in the right order',
    description:
      'Removes a technical user everywhere: destinations, Cloud Foundry roles, role collections, shadow users, its user at the identity provider, its password in the vault. Also one that has left the manifest. Shows the plan and asks; interrupted, it goes on when called again.',
    group: GROUP,
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
    load: () => import('../commands/offboard.ts'),
  },
  {
    name: 'due',
    summary: 'when passwords and technical users stop to work',
    group: GROUP,
    arguments: [{ name: '[name...]', about: 'technical users (default: all)' }],
    options: [
      { flags: '--within <duration>', about: 'what counts as soon: 36h, 14d, 2w', default: '30d' },
      { flags: '--exit-code', about: 'exit with 10 when something has ended or ends soon' },
    ],
    examples: ['locum due --within 14d --exit-code'],
    load: () => import('../commands/due.ts'),
  },
];

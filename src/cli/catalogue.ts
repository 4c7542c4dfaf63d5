import { dueFindings } from '../kernel/due/secrets.ts';
import { storeFindings } from '../kernel/due/store.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { FindingKind } from '../kernel/finding.ts';
import { lifecycleFindings } from '../kernel/lifecycle/findings.ts';
import { rotationFindings } from '../kernel/rotate/findings.ts';
import { systems } from '../systems/index.ts';

/** Everything that `locum explain` explains, by code: findings of the kernel and of all slices, and errors. */
export function catalogue(): readonly FindingKind[] {
  const errors = Object.entries(ERRORS).map(([code, [title, explanation]]) => ({ code, title, explanation }));
  const slices = systems.flatMap((system) => [...system.rules.map((rule) => rule.kind), ...system.findings]);
  const unique = new Map(
    [...KERNEL, ...rotationFindings, ...dueFindings, ...storeFindings, ...slices, ...errors].map((kind) => [
      kind.code,
      kind,
    ]),
  );
  return [...unique.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const KERNEL: readonly FindingKind[] = [
  ...Object.values(lifecycleFindings),
  {
    code: 'MANIFEST_SELECTS_NOTHING',
    title: 'a grant points to no subaccount',
    explanation:
      'No subaccount fits the selector, so the grant would grant nothing without a word. Names are display names, and case matters. Also look whether the login of the connection may see the subaccount.',
  },
  {
    code: 'MANIFEST_CONTRADICTION',
    title: 'a thing is declared twice, with different properties',
    explanation:
      'Two declarations lead to the same address but disagree. Which one wins would depend on their order, so neither does: keep one.',
  },
  {
    code: 'PLAN_REMOVAL_CEILING',
    title: 'the plan removes more than the ceiling allows',
    explanation:
      'A mistake in a selector or in a file name shows as many removals at once. Look at each of them; if they are meant, raise the ceiling with --max-removals.',
  },
  {
    code: 'PLAN_UNDECLARED_RIGHT',
    title: 'a technical user has a right that no manifest declares',
    explanation:
      'Somebody granted it by hand, or it was declared once. Locum does not remove what it did not plan: declare it, or remove it with --prune.',
  },
];

/** By code: what it means, and what to do. A code that is missing here does not compile. */
const ERRORS: Readonly<Record<ErrorCode, readonly [title: string, explanation: string]>> = {
  ERR_MANIFEST: [
    'the manifest is wrong',
    'Every problem is listed with file, line and column. `locum init --schema` writes a schema with which editors show them while you type.',
  ],
  ERR_CONFIG: ["Locum's own set-up is wrong", 'The message names the setting, file or name; nothing was sent.'],
  ERR_CONFIG_SECRET: [
    'a secret can not be resolved',
    'The manifest refers to secrets as env:NAME, file:PATH or vault:NAME; this one is not there. Set the variable, make the file readable, or keep it: locum vault set NAME.',
  ],
  ERR_CONFIG_CONNECTION: [
    'a connection is missing or incomplete',
    'The manifest declares something in a system that it gives no connection for. Add it under `connections`.',
  ],
  ERR_STORE_LOCKED: [
    'another process uses the store',
    'The embedded database takes one process at a time. Wait for the other one, or set DATABASE_URL to a PostgreSQL server, which serves many.',
  ],
  ERR_STORE_CORRUPT: [
    'the store can not be read',
    'Its files are damaged or not of this version. Restore them from a backup; do not delete it without need: the vault in it holds the passwords of the technical users.',
  ],
  ERR_VAULT_KEY: [
    'the master key of the vault is missing or another one',
    'Secrets are sealed with a master key from a file, an environment variable or a command. Hand in the one that they were sealed with; there is no other way to them.',
  ],
  ERR_LANDSCAPE_LOCKED: [
    'another process has the local landscape up',
    'A data directory belongs to one process at a time. Use the one that is up (--local, `locum env`), or give another directory.',
  ],
  ERR_REMOTE_UNREACHABLE: [
    'a service could not be reached',
    'No connection, or no answer in time; the request did not take effect. Look at the network, HTTPS_PROXY, and the host name in the manifest.',
  ],
  ERR_REMOTE_CREDENTIALS: [
    'a service refused the credentials',
    'Wrong user, password or client secret, or the user is locked. Locum does not try again: further failures would lock the user. Mend the secret that the connection refers to.',
  ],
  ERR_REMOTE_FORBIDDEN: [
    'the login may not do this',
    'The credentials are right, but lack a role. The remedy names the role where the service says it.',
  ],
  ERR_REMOTE_NOT_FOUND: [
    'a service does not have it',
    'It does not exist, or the login may not see it: services answer both the same way.',
  ],
  ERR_REMOTE_CONFLICT: [
    'a service already has something else there',
    'It exists with other properties, or somebody changed it at the same time. Plan again.',
  ],
  ERR_REMOTE_RATE_LIMITED: [
    'a service asks to slow down',
    'Locum keeps to the known limits and waits as asked; here the waiting would have been too long. Try again later.',
  ],
  ERR_REMOTE_REFUSED: ['a service refused the request', 'Status and service code in the message say why.'],
  ERR_REMOTE_BROKEN: [
    'a service failed, or answered what can not be understood',
    'Status 5xx, or a body that is not what its interface says. If it lasts, report it to SAP with the correlation id.',
  ],
  ERR_REMOTE_OUTCOME_UNKNOWN: [
    'a request was sent, but no answer came',
    'It may have taken effect. Nothing is repeated blindly: run `locum apply` again, which looks first.',
  ],
  ERR_PLAN_STALE: [
    'the plan is stale',
    'What is declared or observed changed since the plan was made. Make a new one and review it.',
  ],
  ERR_PLAN_NOT_OURS: [
    'the plan touches what is not ours',
    'The thing exists but does not carry our mark. Take it over with --adopt, or choose another name.',
  ],
  ERR_PLAN_INVALID: ['the file is no plan', 'It can not be read, or comes from another version of Locum.'],
  ERR_RUN_LOCKED: ['another run is at work', 'One apply at a time per manifest. Wait for it to end.'],
  ERR_RUN_INTERRUPTED: ['a run was interrupted', 'Run `locum apply` again: it looks at what was done and goes on.'],
  ERR_RUN_FAILED: ['a run failed', 'The steps that failed say why. Mend that and run `locum apply` again.'],
  ERR_POLICY: [
    'a finding stands against the apply',
    'Findings of severity error gate an apply. Each names its remedy; `locum explain CODE` tells more.',
  ],
  ERR_INVARIANT: ['a bug of Locum', 'Please report it with the stack.'],
};

/** What an exit code tells a script. The classes of errors have one each. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  manifest: 3,
  config: 4,
  remote: 5,
  plan: 6,
  run: 7,
  policy: 8,
  doctor: 9,
  changes: 10,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Exit codes with their meaning, in order; printed by `locum help exit-codes`. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string; readonly react: string }[] = [
  { code: EXIT.ok, meaning: 'done; nothing to change; every chain proven', react: 'go on' },
  { code: EXIT.unexpected, meaning: 'a bug of Locum (shows a stack)', react: 'report it' },
  { code: EXIT.usage, meaning: 'the command line is wrong', react: 'mend the command' },
  { code: EXIT.manifest, meaning: 'the manifest is wrong (file:line:column)', react: 'mend the manifest' },
  { code: EXIT.config, meaning: "Locum's own set-up is wrong: secret, key, store", react: 'mend the set-up' },
  { code: EXIT.remote, meaning: 'a service refused or did not answer', react: 'look at the service, try again' },
  { code: EXIT.plan, meaning: 'the plan is stale, unreadable or not ours', react: 'make a new plan' },
  { code: EXIT.run, meaning: 'an apply failed, stopped or is not complete', react: 'apply again: it resumes' },
  { code: EXIT.policy, meaning: 'a finding of severity error stands against it', react: 'mend what the finding says' },
  { code: EXIT.doctor, meaning: 'a hop failed, or could not be proven', react: 'follow the remedy of the hop' },
  {
    code: EXIT.changes,
    meaning: 'plan --exit-code: there are changes; due --exit-code: something ends soon',
    react: 'review and apply',
  },
];

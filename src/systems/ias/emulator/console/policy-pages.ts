import { html } from 'hono/html';
import { z } from 'zod';
import { MAX_CUSTOM_POLICIES } from '../policies.ts';
import type { PasswordPolicy } from '../rows/tenant-settings.ts';
import type { Html, Message } from '../web/document.ts';
import { postForm, selectField, textField } from '../web/form.ts';
import { seeOther } from '../web/visits.ts';
import { CONSOLE_PATH, consolePage, section, table } from './frame.ts';
import { addPolicy, type CustomPolicy, dropPolicy, policiesIn } from './policies.ts';
import { Refusal } from './refusal.ts';
import type { ConsolePages, ConsoleVisit } from './visit.ts';

const POLICIES_PATH = `${CONSOLE_PATH}/policies`;
const UNLIMITED = 'unlimited';

const number = (low: number, high: number) => z.coerce.number().int().min(low).max(high);
const orUnlimited = (inner: z.ZodType<number>) => z.union([z.literal(UNLIMITED).transform(() => undefined), inner]);

/** Ranges of ias 12b3395. */
const policyForm = z.object({
  name: z.string().trim(),
  minLength: number(8, 255),
  characterGroups: number(1, 4),
  minAgeHours: number(1, 48),
  maxAgeMonths: orUnlimited(number(1, 36)),
  failedAttempts: number(1, 6),
  lockHours: orUnlimited(number(1, 24)),
  history: number(5, 20),
  unusedMonths: number(1, 6),
  whenExceeded: z.enum(['change', 'reset']),
});

function policiesPage(visit: ConsoleVisit, message?: Message): Html {
  const { tenant } = visit;
  const { token } = visit.session;
  const custom = (policy: PasswordPolicy) => tenant.customPolicies.some((one) => one.uri === policy.uri);
  return consolePage(visit, {
    title: 'Password Policies',
    message,
    body: html`<p>A user takes the stronger of its own policy and that of each application it logs on to, and keeps it. The
Administration Console and the User Profile use Enterprise.</p>
<section>${table(
      'Password policies',
      [
        {
          label: 'Name',
          cell: ({ name, strength }) => html`${name} <span class="meta">${'★'.repeat(Math.min(strength, 5))}</span>`,
        },
        {
          label: 'Characters',
          cell: ({ minLength, characterGroups }) => `${minLength} to 255, ${characterGroups} of 4 groups`,
        },
        { label: 'Min. Age', cell: ({ minAgeHours }) => (minAgeHours === undefined ? 'none' : `${minAgeHours} h`) },
        { label: 'Max. Age', cell: ({ maxAgeMonths }) => months(maxAgeMonths) },
        { label: 'Unused', cell: ({ unusedMonths }) => months(unusedMonths) },
        {
          label: 'Lock',
          cell: ({ failedAttempts, lockHours }) =>
            `after ${failedAttempts}, ${lockHours === undefined ? 'until unlocked' : `${lockHours} h`}`,
        },
        { label: 'History', cell: ({ history }) => (history === 0 ? 'none' : String(history)) },
        // SAP's own policies stay as they are.
        ...(tenant.customPolicies.length === 0
          ? []
          : [
              {
                label: 'Action',
                cell: (policy: PasswordPolicy) =>
                  custom(policy)
                    ? postForm({
                        action: `${POLICIES_PATH}/remove`,
                        token,
                        button: 'Delete',
                        look: 'danger',
                        describes: policy.name,
                        fields: html`<input type="hidden" name="uri" value="${policy.uri}">`,
                      })
                    : '',
              },
            ]),
      ],
      policiesIn(tenant),
      '',
    )}</section>
${
  tenant.customPolicies.length < MAX_CUSTOM_POLICIES
    ? section('new', 'Add Custom Policy', newPolicyForm(visit))
    : html`<p>A tenant has at most ${MAX_CUSTOM_POLICIES} custom policies.</p>`
}`,
  });
}

function newPolicyForm({ session, fields }: ConsoleVisit): Html {
  const value = (name: string, fallback: string) => fields.get(name) ?? fallback;
  const figure = (name: string, label: string, fallback: string, min: number, max: number) =>
    textField({
      name,
      label,
      type: 'number',
      value: value(name, fallback),
      min,
      max,
      required: true,
      hint: `${min} to ${max}`,
    });
  const choice = (name: string, label: string, fallback: string, values: readonly (readonly [string, string])[]) =>
    selectField({
      name,
      label,
      value: value(name, fallback),
      options: values.map(([one, text]) => ({ value: one, label: text })),
    });
  return postForm({
    action: POLICIES_PATH,
    token: session.token,
    button: 'Add',
    look: 'main',
    fields: html`${textField({ name: 'name', label: 'Name', required: true, value: value('name', '') })}
<div class="pair">
${figure('minLength', 'Minimum Length', '8', 8, 255)}
${figure('characterGroups', 'Character Groups', '3', 1, 4)}
${figure('minAgeHours', 'Minimum Age in Hours', '24', 1, 48)}
${choice('maxAgeMonths', 'Maximum Age', '6', [
  ...[1, 2, 3, 4, 5, 6].map((count) => [String(count), `${count} months`] as const),
  ['12', '1 year'],
  ['24', '2 years'],
  ['36', '3 years'],
  [UNLIMITED, 'unlimited'],
])}
${figure('failedAttempts', 'Failed Logons Before the Lock', '5', 1, 6)}
${choice('lockHours', 'Locked For', '1', [
  ...[1, 2, 6, 12, 24].map((count) => [String(count), `${count} h`] as const),
  [UNLIMITED, 'until an administrator unlocks'],
])}
${figure('history', 'Remembered Passwords', '5', 5, 20)}
${figure('unusedMonths', 'Unused for Months', '6', 1, 6)}
${choice('whenExceeded', 'When Too Old or Unused', 'change', [
  ['change', 'change the password'],
  ['reset', 'reset the password'],
])}</div>`,
  });
}

export function policyRoutes({ page, form }: ConsolePages): void {
  page('/policies', 'manage password policies', policiesPage);
  form(
    '/policies',
    'manage password policies',
    ({ services, tenant, principal, fields }) => {
      addPolicy(services, tenant, principal.actor, policyOf(fields));
      return seeOther(`${POLICIES_PATH}?done=added`);
    },
    policiesPage,
  );
  form(
    '/policies/remove',
    'manage password policies',
    ({ services, tenant, principal, fields }) => {
      dropPolicy(services, tenant, principal.actor, fields.get('uri') ?? '');
      return seeOther(`${POLICIES_PATH}?done=deleted`);
    },
    policiesPage,
  );
}

function policyOf(fields: URLSearchParams): CustomPolicy {
  const parsed = policyForm.safeParse(Object.fromEntries(fields));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { maxAgeMonths, lockHours, ...rest } = parsed.data;
  return {
    ...rest,
    ...(maxAgeMonths === undefined ? {} : { maxAgeMonths }),
    ...(lockHours === undefined ? {} : { lockHours }),
  };
}

function months(count: number | undefined): string {
  return count === undefined ? 'unlimited' : `${count} months`;
}

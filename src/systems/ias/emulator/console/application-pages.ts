import { html } from 'hono/html';
import { z } from 'zod';
import { settingsOf } from '../oidc/settings.ts';
import { policyOf } from '../policies.ts';
import { GRANT_TYPES, type TokenPolicy } from '../rows/application-settings.ts';
import type { StoredApplication } from '../store.ts';
import type { Html, Message } from '../web/document.ts';
import { choiceField, guardedForm, postForm, selectField, textField } from '../web/form.ts';
import { seeOther } from '../web/visits.ts';
import { applicationById, applicationsOf, changeApplication, dropApplication, withSettings } from './applications.ts';
import { CONSOLE_PATH, consolePage, facts, paged, section, table } from './frame.ts';
import { policiesIn, ruleText } from './policies.ts';
import { Refusal } from './refusal.ts';
import type { ConsolePages, ConsoleVisit, Show } from './visit.ts';

const APPLICATIONS_PATH = `${CONSOLE_PATH}/applications`;
const NEEDED = 'manage applications';

const number = (low: number, high: number) => z.coerce.number().int().min(low).max(high);

/** Ranges of ias c4ba52e. */
const tokenPolicyForm = z.object({
  jwtValidity: number(1, 720),
  refreshValidity: number(1, 4320),
  refreshParallel: number(1, 10),
  maxExchangePeriod: number(1, 4320 * 3600),
  refreshTokenRotationScenario: z.enum(['off', 'online', 'mobile']),
  accessTokenFormat: z.enum(['default', 'jwt', 'opaque']),
}) satisfies z.ZodType<TokenPolicy>;

function applicationsPage(visit: ConsoleVisit): Html {
  const { services, tenant } = visit;
  const { rows, links } = paged(visit, applicationsOf(services, tenant));
  return consolePage(visit, {
    title: 'Applications',
    body: html`<p>Administration Console and User Profile belong to every tenant; their password policy is Enterprise.</p>
<section>${table(
      'Applications',
      [
        { label: 'Display Name', cell: (one) => html`<a href="${pathOf(one)}">${one.name}</a>` },
        { label: 'Client ID', cell: ({ clientId }) => html`<code>${clientId}</code>` },
        { label: 'Password Policy', cell: ({ policy }) => policyOf(tenant, policy).name },
        { label: 'Managed By', cell: ({ managedBySap }) => (managedBySap ? 'SAP' : 'administrators') },
      ],
      rows,
      'There are no applications. Establishing trust in BTP creates one.',
    )}${links}</section>`,
  });
}

function applicationPage(visit: ConsoleVisit, message?: Message): Html {
  const { tenant } = visit;
  const application = applicationOf(visit);
  const { token } = visit.session;
  const path = pathOf(application);
  const { tokenPolicy, grantTypes, redirectUris } = settingsOf(tenant, application);
  return consolePage(visit, {
    title: application.name,
    message,
    body: html`${section(
      'general',
      'OpenID Connect',
      html`${facts([
        ['Client ID', html`<code>${application.clientId}</code>`],
        ['Parent Application', parentOf(visit, application)],
        ['Redirect URIs', redirectUris.join(', ')],
      ])}
${application.managedBySap ? '' : guardedForm({ action: `${path}/delete`, token, button: 'Delete', question: 'Nobody can log on to it any more.' })}`,
    )}
${section(
  'policy',
  'Password Policy',
  postForm({
    action: `${path}/policy`,
    token,
    button: 'Save',
    look: 'main',
    fields: choiceField({
      name: 'policy',
      label: 'Users take it along when they log on',
      kind: 'one',
      chosen: [policyOf(tenant, application.policy).uri],
      options: policiesIn(tenant).map((policy) => ({ value: policy.uri, label: policy.name, hint: ruleText(policy) })),
    }),
  }),
)}
${section('tokens', 'Token Policy', tokenPolicyFormOf(visit, path, tokenPolicy))}
${section(
  'grants',
  'Grant Types',
  postForm({
    action: `${path}/grants`,
    token,
    button: 'Save',
    look: 'main',
    fields: choiceField({
      name: 'grant',
      label: 'Allowed',
      kind: 'any',
      chosen: [...grantTypes],
      options: GRANT_TYPES.map((value) => ({ value, label: value.slice(value.lastIndexOf(':') + 1) })),
    }),
  }),
)}
<p><a href="${APPLICATIONS_PATH}">Back to the applications</a></p>`,
  });
}

function tokenPolicyFormOf({ session, fields }: ConsoleVisit, path: string, policy: TokenPolicy): Html {
  const value = (name: keyof TokenPolicy) => fields.get(name) ?? String(policy[name]);
  const figure = (name: keyof TokenPolicy, label: string, max: number) =>
    textField({ name, label, type: 'number', value: value(name), min: 1, max, required: true, hint: `1 to ${max}` });
  const choice = (name: keyof TokenPolicy, label: string, values: readonly string[]) =>
    selectField({ name, label, value: value(name), options: values.map((one) => ({ value: one, label: one })) });
  return postForm({
    action: `${path}/tokens`,
    token: session.token,
    button: 'Save',
    look: 'main',
    fields: html`<div class="pair">
${figure('jwtValidity', 'Access and ID Tokens, Minutes', 720)}
${figure('refreshValidity', 'Refresh Tokens, Hours', 4320)}
${figure('refreshParallel', 'Sessions per User', 10)}
${figure('maxExchangePeriod', 'Re-Authentication After, Seconds', 4320 * 3600)}
${choice('refreshTokenRotationScenario', 'Refresh Token Rotation', ['off', 'online', 'mobile'])}
${choice('accessTokenFormat', 'Access Token Format', ['default', 'jwt', 'opaque'])}</div>`,
  });
}

function parentOf({ services, tenant }: ConsoleVisit, { parent }: StoredApplication): string {
  return applicationsOf(services, tenant).find(({ id }) => id === parent)?.name ?? '';
}

export function applicationRoutes({ page, form }: ConsolePages): void {
  page('/applications', NEEDED, applicationsPage);
  page('/applications/:id', NEEDED, (visit) => applicationPage(visit));
  const change = (path: string, changed: (application: StoredApplication, visit: ConsoleVisit) => StoredApplication) =>
    form(
      `/applications/:id/${path}`,
      NEEDED,
      (visit) => {
        const before = applicationOf(visit);
        changeApplication(visit.services, visit.tenant, visit.principal.actor, before, changed(before, visit));
        return seeOther(`${pathOf(before)}?done=saved`);
      },
      applicationPage as Show,
    );
  change('policy', (application, { tenant, fields }) => {
    const wanted = policiesIn(tenant).find((policy) => policy.uri === fields.get('policy'));
    if (!wanted) throw new Refusal('Choose a password policy.');
    return { ...application, policy: wanted.uri };
  });
  change('tokens', (application, { fields }) => {
    const parsed = tokenPolicyForm.safeParse(Object.fromEntries(fields));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Refusal(`${issue?.path.join('.')}: ${issue?.message}`);
    }
    return withSettings(application, { tokenPolicy: parsed.data });
  });
  change('grants', (application, { fields }) => {
    const chosen = fields.getAll('grant');
    return withSettings(application, { grantTypes: GRANT_TYPES.filter((one) => chosen.includes(one)) });
  });
  form(
    '/applications/:id/delete',
    NEEDED,
    (visit) => {
      dropApplication(visit.services, visit.tenant, visit.principal.actor, applicationOf(visit));
      return seeOther(`${APPLICATIONS_PATH}?done=deleted`);
    },
    applicationPage as Show,
  );
}

function applicationOf({ services, tenant, param }: ConsoleVisit): StoredApplication {
  return applicationById(services, tenant, param('id'));
}

function pathOf({ id }: StoredApplication): string {
  return `${APPLICATIONS_PATH}/${id}`;
}

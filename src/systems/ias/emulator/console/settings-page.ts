import { html } from 'hono/html';
import type { JsonObject } from '../../../../kernel/json.ts';
import { recordChange } from '../change-log.ts';
import { MAX_EXCLUDED_TERMS } from '../exclude-lists.ts';
import { createGroup, findGroups } from '../groups.ts';
import { POLICY_GROUPS } from '../policy-groups.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { ExcludeLists } from '../rows/tenant-settings.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import type { Html, Message } from '../web/document.ts';
import { areaField, checkField, postForm, textField } from '../web/form.ts';
import { seeOther } from '../web/visits.ts';
import { CONSOLE_PATH, consolePage } from './frame.ts';
import { Refusal } from './refusal.ts';
import type { ConsolePages, ConsoleVisit } from './visit.ts';

const SETTINGS_PATH = `${CONSOLE_PATH}/settings`;
const NEEDED = 'manage tenant settings';

/** It may lack https (ias c297516). */
const ISSUER = /^(?:https:\/\/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

function settingsPage({ tenant, session, ...visit }: ConsoleVisit, message?: Message): Html {
  return consolePage(
    { tenant, session, ...visit },
    {
      title: 'Tenant Settings',
      message,
      body: html`<section>${postForm({
        action: SETTINGS_PATH,
        token: session.token,
        button: 'Save',
        look: 'main',
        fields: html`${textField({
          name: 'initialPasswordDays',
          label: 'Validity of Initial Passwords in Days',
          type: 'number',
          min: 1,
          max: 365,
          required: true,
          value: visit.fields.get('initialPasswordDays') ?? String(tenant.initialPasswordDays),
          hint: '1 to 365. After that an administrator has to set a new one.',
        })}
${textField({
  name: 'issuer',
  label: 'Issuer',
  required: true,
  value: visit.fields.get('issuer') ?? tenant.issuer ?? defaultIssuer(tenant),
  hint: 'Stands in every token. Whoever trusts the tenant refuses its tokens after a change, until the trust is refreshed.',
})}
${checkField({
  name: 'policyAuthorizations',
  label: 'Authorizations based on policies',
  checked: tenant.policyAuthorizations === true,
  hint: 'For technical users. Administrators get policies by groups such as technical_users - MANAGE_TECHNICAL_USERS.',
})}
${listField(visit.fields, 'emails', 'Exclude List for E-Mails', tenant.excluded?.emails)}
${listField(visit.fields, 'names', 'Exclude List for First and Last Names', tenant.excluded?.names)}
${listField(visit.fields, 'passwords', 'Exclude List for Passwords', tenant.excluded?.passwords)}`,
      })}</section>`,
    },
  );
}

function listField(
  fields: URLSearchParams,
  name: keyof ExcludeLists,
  label: string,
  terms: readonly string[] | undefined,
): Html {
  return areaField({
    name,
    label,
    value: fields.get(name) ?? (terms ?? []).join('\n'),
    hint: `One term a line, at most ${MAX_EXCLUDED_TERMS}. What holds one of them is refused, in whichever case.`,
  });
}

function termsOf(fields: URLSearchParams, name: keyof ExcludeLists): readonly string[] {
  const terms = (fields.get(name) ?? '').split('\n').map((line) => line.trim());
  const written = terms.filter((term) => term !== '');
  if (written.length > MAX_EXCLUDED_TERMS) throw new Refusal(`A list has at most ${MAX_EXCLUDED_TERMS} terms.`);
  return written;
}

export function settingsRoutes({ page, form }: ConsolePages): void {
  page('/settings', NEEDED, settingsPage);
  form(
    '/settings',
    NEEDED,
    ({ services, tenant, principal, fields }) => {
      const days = Number(fields.get('initialPasswordDays'));
      if (!Number.isInteger(days) || days < 1 || days > 365) {
        throw new Refusal('Initial passwords are valid for 1 to 365 days.');
      }
      const issuer = (fields.get('issuer') ?? defaultIssuer(tenant)).trim();
      if (!ISSUER.test(issuer)) throw new Refusal('An issuer is a host, with https:// before it or without.');
      changeSettings(services, tenant, principal.actor, {
        initialPasswordDays: days,
        issuer: issuer === defaultIssuer(tenant) ? undefined : issuer,
        policyAuthorizations: fields.get('policyAuthorizations') === 'yes',
        excluded: {
          emails: termsOf(fields, 'emails'),
          names: termsOf(fields, 'names'),
          passwords: termsOf(fields, 'passwords'),
        },
      });
      return seeOther(`${SETTINGS_PATH}?done=saved`);
    },
    settingsPage,
  );
}

type Settings = Pick<Tenant, 'initialPasswordDays' | 'policyAuthorizations' | 'excluded'> & {
  /** undefined = the default one */
  readonly issuer: string | undefined;
};

function changeSettings(services: Services, tenant: Tenant, actor: Actor, settings: Settings): void {
  const { issuer: _, ...rest } = tenant;
  const { issuer, ...others } = settings;
  services.store.tenants.set(tenant.id, { ...rest, ...others, ...(issuer === undefined ? {} : { issuer }) });
  if (settings.policyAuthorizations) addPolicyGroups(services, tenant);
  recordChange(services, tenant, actor, {
    type: 'tenant',
    id: tenant.id,
    name: tenant.host,
    before: shown(tenant, { issuer: undefined, ...tenant }),
    after: shown(tenant, settings),
  });
}

function shown(tenant: Tenant, settings: Settings): JsonObject {
  const { initialPasswordDays, policyAuthorizations = false, excluded = {}, issuer = defaultIssuer(tenant) } = settings;
  return { initialPasswordDays, policyAuthorizations, issuer, excluded: { ...excluded } };
}

function defaultIssuer({ host }: Tenant): string {
  return `https://${host}`;
}

/** The groups through which policies are assigned (ias 885320d); there from the moment on which they count (assumed). */
function addPolicyGroups(services: Services, tenant: Tenant): void {
  const known = new Set(findGroups(services.store, tenant, undefined).map((group) => group.resource.displayName));
  for (const displayName of POLICY_GROUPS) {
    if (!known.has(displayName)) createGroup(services, tenant, { displayName });
  }
}

import { html } from 'hono/html';
import { recordChange } from '../change-log.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { Services } from '../services.ts';
import type { AuditLogHome, Tenant } from '../store.ts';
import type { Html, Message } from '../web/document.ts';
import { postForm, textField } from '../web/form.ts';
import { seeOther } from '../web/visits.ts';
import { CONSOLE_PATH, consolePage, facts } from './frame.ts';
import { Refusal } from './refusal.ts';
import type { ConsolePages, ConsoleVisit } from './visit.ts';

const AUDIT_PATH = `${CONSOLE_PATH}/audit-logs`;
const NEEDED = 'manage tenant settings';
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where the tenant's audit log goes: one subaccount at a time (ias a3e793c). */
function auditLogPage(visit: ConsoleVisit, message?: Message): Html {
  const { tenant, session } = visit;
  const { token } = session;
  const { auditLog } = tenant;
  return consolePage(visit, {
    title: 'Audit Logs',
    message,
    body: html`<p>Logons and changes are written to the Audit Log service of one subaccount. Its log is read with a service key of auditlog-management.</p>
<section>${
      auditLog === undefined
        ? postForm({
            action: AUDIT_PATH,
            token,
            button: 'Add',
            look: 'main',
            fields: textField({ name: 'tenantId', label: 'Tenant ID', required: true, hint: 'GUID of the subaccount' }),
          })
        : html`${facts([['Configuration', 'tenantId' in auditLog ? auditLog.tenantId : auditLog.subaccount]])}
${postForm({ action: `${AUDIT_PATH}/remove`, token, button: 'Remove', look: 'danger' })}`
    }</section>`,
  });
}

export function auditLogRoutes({ page, form }: ConsolePages): void {
  page('/audit-logs', NEEDED, auditLogPage);
  form(
    '/audit-logs',
    NEEDED,
    ({ services, tenant, principal, fields }) => {
      const tenantId = (fields.get('tenantId') ?? '').trim();
      if (tenant.auditLog !== undefined) throw new Refusal('There is a configuration already. Remove it first.');
      if (!GUID.test(tenantId)) throw new Refusal('A tenant ID is the GUID of a subaccount.');
      configure(services, tenant, principal.actor, { tenantId: tenantId.toLowerCase() });
      return seeOther(`${AUDIT_PATH}?done=added`);
    },
    auditLogPage,
  );
  form(
    '/audit-logs/remove',
    NEEDED,
    ({ services, tenant, principal }) => {
      configure(services, tenant, principal.actor, undefined);
      return seeOther(`${AUDIT_PATH}?done=removed`);
    },
    auditLogPage,
  );
}

function configure(services: Services, tenant: Tenant, actor: Actor, home: AuditLogHome | undefined): void {
  const { auditLog: before, ...rest } = tenant;
  services.store.tenants.set(tenant.id, { ...rest, ...(home === undefined ? {} : { auditLog: home }) });
  recordChange(services, tenant, actor, {
    type: 'tenant',
    id: tenant.id,
    name: tenant.host,
    before: before === undefined ? {} : { auditLog: { ...before } },
    after: home === undefined ? {} : { auditLog: { ...home } },
  });
}

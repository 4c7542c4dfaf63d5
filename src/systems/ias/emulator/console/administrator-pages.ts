import { html } from 'hono/html';
import {
  PERMISSIONS,
  type Permission,
  SYSTEM_PERMISSIONS,
  type SystemPermission,
} from '../administrator-permissions.ts';
import { MAX_SECRETS_OF_SYSTEM } from '../secrets.ts';
import { type HumanAdministrator, keyIn, type StoredAdministrator } from '../store.ts';
import { nameOf } from '../user-names.ts';
import type { Html, Message } from '../web/document.ts';
import { choiceField, guardedForm, postForm, textField } from '../web/form.ts';
import { humanAdministratorsOf, systemsOf } from './administrators.ts';
import { credentialSections, secretNotice } from './credential-sections.ts';
import { CONSOLE_PATH, consolePage, section, table } from './frame.ts';
import type { ConsoleVisit } from './visit.ts';

export const ADMINISTRATORS_PATH = `${CONSOLE_PATH}/administrators`;

export function administratorsPage(visit: ConsoleVisit, message?: Message): Html {
  const { services, tenant } = visit;
  return consolePage(visit, {
    title: 'Administrators',
    message,
    body: html`<div class="actions"><a class="button main" href="${ADMINISTRATORS_PATH}/users/new">Add User</a>
<a class="button main" href="${ADMINISTRATORS_PATH}/systems/new">Add System</a></div>
${section(
  'users',
  'Users',
  table(
    'Users as administrators',
    [
      { label: 'Name', cell: (one) => html`<a href="${userPathOf(one)}">${personOf(visit, one)}</a>` },
      { label: 'Authorizations', cell: ({ permissions }) => permissions.join(', ') },
    ],
    humanAdministratorsOf(services, tenant),
    'No user is an administrator.',
  ),
)}
${section(
  'systems',
  'Systems',
  table(
    'Systems as administrators',
    [
      { label: 'Name', cell: (system) => html`<a href="${systemPathOf(system)}">${system.name}</a>` },
      { label: 'Client ID', cell: ({ clientId }) => html`<code>${clientId}</code>` },
      { label: 'Authorizations', cell: ({ permissions }) => permissions.join(', ') },
    ],
    systemsOf(services, tenant),
    'No system is an administrator.',
  ),
)}`,
  });
}

export function newHumanPage(visit: ConsoleVisit, message?: Message): Html {
  const { fields } = visit;
  return addPage(visit, 'Add User as Administrator', 'users', PERMISSIONS, message, [
    textField({
      name: 'identifier',
      label: 'User',
      required: true,
      hint: 'Login name or e-mail',
      value: fields.get('identifier') ?? '',
    }),
  ]);
}

export function newSystemPage(visit: ConsoleVisit, message?: Message): Html {
  const { fields } = visit;
  return addPage(visit, 'Add System as Administrator', 'systems', SYSTEM_PERMISSIONS, message, [
    textField({ name: 'name', label: 'Name', required: true, value: fields.get('name') ?? '' }),
  ]);
}

function addPage(
  visit: ConsoleVisit,
  title: string,
  kind: string,
  permissions: readonly string[],
  message: Message | undefined,
  fields: readonly Html[],
): Html {
  return consolePage(visit, {
    title,
    message,
    body: html`<section>${postForm({
      action: `${ADMINISTRATORS_PATH}/${kind}/new`,
      token: visit.session.token,
      button: 'Add',
      look: 'main',
      fields: [...fields, permissionField(permissions, visit.fields.getAll('permission'))],
    })}</section>
${back}`,
  });
}

export function humanPage(visit: ConsoleVisit, administrator: HumanAdministrator, message?: Message): Html {
  const path = userPathOf(administrator);
  const { token } = visit.session;
  return consolePage(visit, {
    title: personOf(visit, administrator),
    message,
    body: html`${section('permissions', 'Authorizations', permissionForm(path, token, PERMISSIONS, administrator.permissions))}
<section>${guardedForm({ action: `${path}/remove`, token, button: 'Remove as Administrator', question: 'The person stays a user of the tenant.' })}</section>
${back}`,
  });
}

/** @param secret one that was just made; it can be seen here only */
export function systemPage(visit: ConsoleVisit, system: StoredAdministrator, message?: Message, secret?: string): Html {
  const path = systemPathOf(system);
  const { token } = visit.session;
  return consolePage(visit, {
    title: system.name,
    message,
    body: html`${secretNotice(system, secret)}
${credentialSections(visit, {
  path,
  client: system,
  locks: system.allowLocking ?? true,
  editable: true,
  most: MAX_SECRETS_OF_SYSTEM,
  more:
    system.secretCredential === undefined
      ? []
      : [['Credential of the Landscape', html`<code>${system.secretCredential}</code>`]],
})}
${section('permissions', 'Authorizations', permissionForm(path, token, SYSTEM_PERMISSIONS, system.permissions))}
${section(
  'name',
  'Name',
  postForm({
    action: `${path}/name`,
    token,
    button: 'Rename',
    fields: textField({ name: 'name', label: 'Name', value: system.name, required: true }),
  }),
)}
<section>${guardedForm({ action: `${path}/remove`, token, button: 'Delete System', question: 'Whatever calls the APIs of the tenant with it fails from then on.' })}</section>
${back}`,
  });
}

function permissionForm(path: string, token: string, all: readonly string[], chosen: readonly string[]): Html {
  return postForm({
    action: `${path}/permissions`,
    token,
    button: 'Save',
    look: 'main',
    fields: permissionField(all, chosen),
  });
}

function permissionField(all: readonly string[], chosen: readonly string[]): Html {
  const options = all.map((value) => ({ value, label: value }));
  return choiceField({ name: 'permission', label: 'Authorizations', kind: 'any', options, chosen });
}

const back = html`<p><a href="${ADMINISTRATORS_PATH}">Back to the administrators</a></p>`;

function personOf({ services, tenant }: ConsoleVisit, { user: id }: HumanAdministrator): string {
  const user = services.store.users.get(keyIn(tenant.id, id));
  return user ? nameOf(user) : id;
}

/** What a form chose of these. */
export function permissionsOf(fields: URLSearchParams): readonly Permission[] {
  return PERMISSIONS.filter((one) => fields.getAll('permission').includes(one));
}

export function systemPermissionsOf(fields: URLSearchParams): readonly SystemPermission[] {
  return SYSTEM_PERMISSIONS.filter((one) => fields.getAll('permission').includes(one));
}

export function userPathOf({ user }: HumanAdministrator): string {
  return `${ADMINISTRATORS_PATH}/users/${user}`;
}

export function systemPathOf({ clientId }: StoredAdministrator): string {
  return `${ADMINISTRATORS_PATH}/systems/${clientId}`;
}

import { html } from 'hono/html';
import { credentialSections, secretNotice } from '../console/credential-sections.ts';
import { badge, CONSOLE_PATH, consolePage, facts, paged, section, table } from '../console/frame.ts';
import { groupNamesOf } from '../console/users.ts';
import type { ConsoleVisit } from '../console/visit.ts';
import type { StoredTechnicalUser } from '../store.ts';
import type { Html, Message } from '../web/document.ts';
import { guardedForm, postForm, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { type TechnicalUserData, technicalUsersOf } from './technical-users.ts';

export const TECHNICAL_USERS_PATH = `${CONSOLE_PATH}/technical-users`;

export function technicalUsersPage(visit: ConsoleVisit): Html {
  const { rows, links } = paged(visit, technicalUsersOf(visit.services, visit.tenant));
  return consolePage(visit, {
    title: 'Technical Users',
    body: html`<div class="split"><p>Clients of systems. They have secrets and certificates, but no password: none of them can
log on to Cloud Foundry or the BTP command line.</p>
${visit.may('create technical users') ? html`<a class="button main" href="${TECHNICAL_USERS_PATH}/new">Create</a>` : ''}</div>
<section>${table(
      'Technical users',
      [
        { label: 'Display Name', cell: (user) => html`<a href="${pathOf(user)}">${user.displayName}</a>` },
        { label: 'Owner', cell: (user) => ownerOf(user) },
        { label: 'Client ID', cell: (user) => html`<code>${user.clientId}</code>` },
        { label: 'Status', cell: statusOf },
      ],
      rows,
      'There are no technical users.',
    )}${links}</section>`,
  });
}

export function newTechnicalUserPage(visit: ConsoleVisit, message?: Message): Html {
  return consolePage(visit, {
    title: 'Create Technical User',
    message,
    body: html`<section>${postForm({
      action: `${TECHNICAL_USERS_PATH}/new`,
      token: visit.session.token,
      button: 'Create',
      look: 'main',
      fields: dataFields(technicalUserDataOf(visit.fields)),
    })}</section>
<p><a href="${TECHNICAL_USERS_PATH}">Back to the technical users</a></p>`,
  });
}

/** @param secret one that was just made; it can be seen here only */
export function technicalUserPage(
  visit: ConsoleVisit,
  user: StoredTechnicalUser,
  message?: Message,
  secret?: string,
): Html {
  const { services, tenant, session } = visit;
  const { token } = session;
  const path = pathOf(user);
  const editable = visit.may('change technical users');
  const groups = groupNamesOf(services, tenant, user.id).join(', ');
  return consolePage(visit, {
    title: user.displayName,
    message,
    body: html`${secretNotice(user, secret)}
${section(
  'general',
  'General Information',
  html`${facts([
    ['Status', statusOf(user)],
    ['Owner', ownerOf(user)],
    ['E-Mail', user.email],
    ['SCIM ID', html`<code>${user.id}</code>`],
    ['Created', when(user.createdAt)],
    ['Groups', groups],
  ])}<div class="actions">
${editable ? postForm({ action: `${path}/${user.active ? 'deactivate' : 'activate'}`, token, button: user.active ? 'Deactivate' : 'Activate' }) : ''}
</div>
${visit.may('delete technical users') ? guardedForm({ action: `${path}/delete`, token, button: 'Delete', question: 'The technical user is gone for good, and its secrets with it.' }) : ''}`,
)}
${credentialSections(visit, { path, client: user, locks: user.allowLocking ?? false, editable })}
${
  editable
    ? section(
        'data',
        'Data',
        postForm({
          action: path,
          token,
          button: 'Save',
          look: 'main',
          fields: dataFields(visit.fields.has('displayName') ? technicalUserDataOf(visit.fields) : dataOf(user)),
        }),
      )
    : ''
}
<p><a href="${TECHNICAL_USERS_PATH}">Back to the technical users</a></p>`,
  });
}

function dataFields(data: TechnicalUserData): Html {
  return html`${textField({ name: 'displayName', label: 'Display Name', value: data.displayName, required: true })}
<h2>Owner</h2>
<div class="pair">${textField({ name: 'firstName', label: 'First Name', value: data.firstName })}
${textField({ name: 'lastName', label: 'Last Name', value: data.lastName })}
${textField({ name: 'email', label: 'E-Mail', type: 'email', value: data.email })}</div>`;
}

export function technicalUserDataOf(fields: URLSearchParams): TechnicalUserData {
  const text = (name: string) => (fields.get(name) ?? '').trim();
  return {
    displayName: text('displayName'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('email'),
  };
}

function dataOf({ displayName, owner }: StoredTechnicalUser): TechnicalUserData {
  return {
    displayName,
    firstName: owner.firstName ?? '',
    lastName: owner.lastName ?? '',
    email: owner.email ?? '',
  };
}

function ownerOf({ owner }: StoredTechnicalUser): string {
  const name = [owner.firstName, owner.lastName].filter(Boolean).join(' ');
  return [name, owner.email].filter(Boolean).join(', ');
}

function statusOf({ active }: StoredTechnicalUser): Html {
  return active ? badge('active', 'good') : badge('inactive', 'bad');
}

export function pathOf(user: StoredTechnicalUser): string {
  return `${TECHNICAL_USERS_PATH}/${user.id}`;
}

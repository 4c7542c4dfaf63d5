import { html } from 'hono/html';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA, USER_TYPES } from '../../wire.ts';
import { mailsSent } from '../mail/user-mails.ts';
import { policyOf } from '../policies.ts';
import type { StoredUser } from '../store.ts';
import { fullNameOf, nameOf, namesOf, userIdOf } from '../user-names.ts';
import type { Html, Message } from '../web/document.ts';
import { choiceField, guardedForm, postForm, selectField, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { badge, CONSOLE_PATH, consolePage, facts, paged, section, table } from './frame.ts';
import { groupNamesOf, isAdministrator, searchUsers, statusOf, type UserData } from './users.ts';
import type { ConsoleVisit } from './visit.ts';

export const USERS_PATH = `${CONSOLE_PATH}/users`;

export function usersPage(visit: ConsoleVisit): Html {
  const { services, tenant, query } = visit;
  const text = query.get('search') ?? '';
  const { rows, links } = paged(visit, searchUsers(services, tenant, text));
  return consolePage(visit, {
    title: 'User Management',
    body: html`<div class="split"><form class="search" method="get" action="${USERS_PATH}" role="search">
${textField({ name: 'search', label: 'Name, e-mail or user ID', type: 'search', value: text })}
<button type="submit">Search</button></form>
${visit.may('create users') ? html`<a class="button main" href="${USERS_PATH}/new">Add User</a>` : ''}</div>
<section>${table(
      'Users',
      [
        { label: 'Login Name', cell: (user) => html`<a href="${USERS_PATH}/${user.id}">${nameOf(user)}</a>` },
        { label: 'Name', cell: (user) => fullNameOf(user.resource) },
        { label: 'E-Mail', cell: (user) => namesOf(user.resource).emails.join(', ') },
        { label: 'User ID', cell: (user) => userIdOf(user.resource) },
        { label: 'Type', cell: (user) => typeOf(user) },
        { label: 'Status', cell: (user) => statusBadge(user) },
      ],
      rows,
      text === '' ? 'There are no users.' : `Nobody is called like “${text}”.`,
    )}${links}</section>`,
  });
}

export function newUserPage(visit: ConsoleVisit, message?: Message): Html {
  const { fields } = visit;
  const data = userDataOf(fields);
  return consolePage(visit, {
    title: 'Add User',
    message,
    body: html`<section>${postForm({
      action: `${USERS_PATH}/new`,
      token: visit.session.token,
      button: 'Add User',
      look: 'main',
      fields: [
        dataFields(data.userType === '' ? { ...data, userType: 'employee' } : data),
        choiceField({
          name: 'activation',
          label: 'Account Activation',
          kind: 'one',
          chosen: [fields.get('activation') ?? 'mail'],
          options: [
            {
              value: 'mail',
              label: 'Send activation e-mail',
              hint: 'Status New until the user has followed the link in the mail.',
            },
            {
              value: 'initial-password',
              label: 'Set initial password',
              hint: 'Status Active. The password is shown once, and must be changed at the first logon.',
            },
            {
              value: 'active',
              label: 'Set status active',
              hint: 'No password: for logon by a corporate identity provider or a certificate.',
            },
          ],
        }),
      ],
    })}</section>
<p><a href="${USERS_PATH}">Back to the users</a></p>`,
  });
}

/** @param password an initial password that was just set; it can be seen here only */
export function userPage(visit: ConsoleVisit, user: StoredUser, message?: Message, password?: string): Html {
  const { services, tenant } = visit;
  const canChange = visit.may('change users');
  return consolePage(visit, {
    title: fullNameOf(user.resource) || nameOf(user),
    message,
    body: html`${password === undefined ? '' : passwordNotice(user, password)}
${section('status', 'Account', accountSection(visit, user))}
${section('password', 'Password', passwordSection(visit, user))}
${section('groups', 'Groups', html`<p>${groupNamesOf(services, tenant, user.id).join(', ') || 'None.'}</p>`)}
${
  canChange
    ? section(
        'data',
        'Data',
        postForm({
          action: pathOf(user),
          token: visit.session.token,
          button: 'Save',
          look: 'main',
          fields: dataFields(visit.fields.has('email') ? userDataOf(visit.fields) : dataOf(user)),
        }),
      )
    : ''
}
<p><a href="${USERS_PATH}">Back to the users</a></p>`,
  });
}

function passwordNotice(user: StoredUser, password: string): Html {
  return html`<div class="message good" role="status"><p>Initial password of ${nameOf(user)}. It is shown this once.</p>
<code class="once">${password}</code>
${isVerified(user) ? '' : html`<p>The e-mail is not verified: mark it as verified, or the user cannot log on.</p>`}</div>`;
}

function accountSection(visit: ConsoleVisit, user: StoredUser): Html {
  const { services, tenant } = visit;
  const verified = isVerified(user);
  const active = statusOf(user) === 'active';
  const action = actionOf(visit, user);
  return html`${facts([
    ['Status', statusBadge(user)],
    ['User ID', userIdOf(user.resource)],
    ['SCIM ID', html`<code>${user.id}</code>`],
    [
      'E-Mail',
      html`${namesOf(user.resource).emails.join(', ')} ${badge(verified ? 'verified' : 'not verified', verified ? 'good' : 'bad')}`,
    ],
    ['Created', when(user.createdAt)],
    ['Last Logon', when(user.loginAt)],
    ['Mails in 24 Hours', String(mailsSent(services, tenant, user).length)],
    ['Administrator', isAdministrator(services, tenant, user) ? 'yes' : 'no'],
  ])}
${
  visit.may('change users')
    ? html`<div class="actions">
${verified ? '' : action('verify', 'Mark E-Mail as Verified')}
${active ? action('deactivate', 'Deactivate', 'danger') : action('activate', 'Activate')}
${action('mail', statusOf(user) === 'new' ? 'Send Activation Mail' : 'Send Reset Password Mail')}
${action('mail-counter', 'Reset Mail Counter')}
</div>`
    : ''
}
${
  visit.may('delete users')
    ? guardedForm({
        action: `${pathOf(user)}/delete`,
        token: visit.session.token,
        button: 'Delete',
        question: 'The user is gone for good. Its roles in BTP and Cloud Foundry stay behind.',
      })
    : ''
}`;
}

function passwordSection(visit: ConsoleVisit, user: StoredUser): Html {
  const { password, totp } = user;
  const action = actionOf(visit, user);
  return html`${facts([
    ['Status', password ? password.status : 'no password'],
    ...(password
      ? ([
          ['Set', when(password.setAt)],
          ['Policy', password.policy === undefined ? 'none yet' : policyOf(visit.tenant, password.policy).name],
          ['Failed Logons', String(password.failedAttempts)],
          [
            'Locked',
            password.lockedAt === undefined ? 'no' : html`${badge('locked', 'bad')} ${when(password.lockedAt)}`,
          ],
        ] as const)
      : []),
    ['Authenticator App', totp ? `since ${when(totp.confirmedAt)}` : 'none'],
  ])}
${
  visit.may('change users')
    ? html`<div class="actions">
${visit.may('set initial passwords') ? action('initial-password', 'Set Initial Password') : ''}
${password && (password.lockedAt !== undefined || password.failedAttempts > 0) ? action('unlock', 'Unlock Password') : ''}
${totp?.lockedAt === undefined ? '' : action('passcodes', 'Unlock Passcodes')}
${totp ? action('device', 'Remove Authenticator App', 'danger') : ''}</div>`
    : ''
}`;
}

function actionOf({ session }: ConsoleVisit, user: StoredUser) {
  return (name: string, button: string, look?: 'danger') =>
    postForm({ action: `${pathOf(user)}/${name}`, token: session.token, button, ...(look ? { look } : {}) });
}

function dataFields(data: UserData): Html {
  return html`<div class="pair">
${textField({ name: 'givenName', label: 'First Name', value: data.givenName })}
${textField({ name: 'familyName', label: 'Last Name', value: data.familyName, required: true })}
${textField({ name: 'userName', label: 'Login Name', value: data.userName, hint: 'Unique among all login names, e-mails and user IDs.' })}
${textField({
  name: 'email',
  label: 'E-Mail',
  type: 'email',
  value: data.email,
  required: true,
  hint: 'BTP and Cloud Foundry know users by it. Without a mailbox: <login name>@sap-test.de',
})}
${selectField({ name: 'userType', label: 'User Type', value: data.userType, options: USER_TYPES.map((value) => ({ value, label: value })) })}
${textField({ name: 'validFrom', label: 'Valid From', value: data.validFrom, hint: 'UTC, e.g. 2027-01-01T00:00:00Z' })}
${textField({ name: 'validTo', label: 'Valid To', value: data.validTo, hint: 'UTC, e.g. 2027-12-31T23:59:59Z' })}</div>`;
}

export function userDataOf(fields: URLSearchParams): UserData {
  const text = (name: string) => (fields.get(name) ?? '').trim();
  return {
    givenName: text('givenName'),
    familyName: text('familyName'),
    userName: text('userName'),
    email: text('email'),
    userType: text('userType'),
    validFrom: text('validFrom'),
    validTo: text('validTo'),
  };
}

function dataOf(user: StoredUser): UserData {
  const { resource } = user;
  const name = isObject(resource.name) ? resource.name : {};
  const extension = resource[IAS_SCHEMA.sap];
  const time = (attribute: string) => (isObject(extension) ? textOf(extension[attribute]) : '');
  return {
    givenName: textOf(name.givenName),
    familyName: textOf(name.familyName),
    userName: textOf(resource.userName),
    email: namesOf(resource).emails[0] ?? '',
    userType: typeOf(user),
    validFrom: time('validFrom'),
    validTo: time('validTo'),
  };
}

function typeOf({ resource }: StoredUser): string {
  return textOf(resource.userType);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isVerified({ resource }: StoredUser): boolean {
  const extension = resource[IAS_SCHEMA.sap];
  return isObject(extension) && extension.mailVerified === true;
}

function statusBadge(user: StoredUser): Html {
  const status = statusOf(user);
  return badge(status, status === 'active' ? 'good' : status === 'inactive' ? 'bad' : undefined);
}

export function pathOf(user: StoredUser): string {
  return `${USERS_PATH}/${user.id}`;
}

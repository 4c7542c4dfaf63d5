import { html } from 'hono/html';
import { type CardOptions, PROFILE_PATH, passwordField, REGISTRATION_PATH } from '../pages.ts';
import type { ProfileFrame } from '../profile/pages.ts';
import { profileArea } from '../profile/pages.ts';
import { type StepOptions, TARGET_FIELD } from '../sign-in/pages.ts';
import type { StoredUser } from '../store.ts';
import { fullNameOf, userIdOf } from '../user-names.ts';
import { cardDocument, type Html } from '../web/document.ts';
import { postForm, textField } from '../web/form.ts';
import type { Registration } from './registration.ts';

export const ACCOUNT_PATH = '/ui/account';
export const CONVERSION_PATH = `${PROFILE_PATH}/universal-id`;
export const ACCOUNT_PASSWORD_PATH = `${PROFILE_PATH}/account-password`;

export function registrationPage(
  options: CardOptions & { readonly data: Omit<Registration, 'password'>; readonly policy: string },
): Html {
  const { host, token, message, data, policy } = options;
  return cardDocument({
    title: 'Register',
    host,
    message,
    body: html`${postForm({
      action: REGISTRATION_PATH,
      token,
      button: 'Register',
      look: 'main',
      fields: [
        textField({ name: 'givenName', label: 'First Name', value: data.givenName, autocomplete: 'given-name' }),
        textField({
          name: 'familyName',
          label: 'Last Name',
          value: data.familyName,
          autocomplete: 'family-name',
          required: true,
        }),
        textField({
          name: 'email',
          label: 'E-Mail',
          type: 'email',
          value: data.email,
          autocomplete: 'email',
          required: true,
          hint: 'The activation link goes there.',
        }),
        passwordField('newPassword', 'Password', 'new-password', policy),
        passwordField('newPasswordConfirm', 'Re-Enter Password', 'new-password'),
      ],
    })}
<p><a href="${PROFILE_PATH}">Back to sign-in</a></p>`,
  });
}

export function registeredPage(host: string, email: string): Html {
  return cardDocument({
    title: 'Check Your Mail',
    host,
    body: html`<p>An activation link was sent to ${email}. It is valid for 14 days.</p>
<p><a href="${PROFILE_PATH}">Continue to sign-in</a></p>`,
  });
}

/** A Universal ID with several accounts: as which one? */
export function accountsPage(options: StepOptions & { readonly accounts: readonly StoredUser[] }): Html {
  const { host, token, target, accounts } = options;
  return cardDocument({
    title: 'Choose Your Account',
    host,
    body: html`${accounts.map((user) => {
      const id = userIdOf(user.resource);
      const name = fullNameOf(user.resource);
      return postForm({
        action: ACCOUNT_PATH,
        token,
        button: name === '' ? id : `${id}, ${name}`,
        fields: html`<input type="hidden" name="account" value="${user.id}"><input type="hidden" name="${TARGET_FIELD}" value="${target}">`,
      });
    })}`,
  });
}

/** Part of the profile. @param email of the Universal ID in front of this account; absent = there is none */
export function universalIdSection(email: string | undefined, accounts: readonly string[]): Html {
  return html`<section aria-labelledby="universal"><h2 id="universal">SAP Universal ID</h2>
${
  email === undefined
    ? html`<p>Put one logon in front of all your accounts with this e-mail address. It works in the browser; programs need a
password of the account itself.</p>
<p><a class="button" href="${CONVERSION_PATH}">Create Universal ID</a></p>`
    : html`<dl><dt>Universal ID</dt><dd>${email}</dd><dt>Accounts</dt><dd>${accounts.join(', ')}</dd></dl>
<p><a class="button" href="${ACCOUNT_PASSWORD_PATH}">Set Account Password</a></p>`
}</section>`;
}

export function conversionPage(frame: ProfileFrame, policy: string): Html {
  return profileArea(
    frame,
    'Create Universal ID',
    html`<section><p class="message note">The passwords of your accounts end: logons of programs with them fail until you set an
account password again.</p>
${postForm({
  action: CONVERSION_PATH,
  token: frame.token,
  button: 'Create',
  look: 'main',
  fields: [
    passwordField('newPassword', 'Password of the Universal ID', 'new-password', policy),
    passwordField('newPasswordConfirm', 'Re-Enter Password', 'new-password'),
  ],
})}</section>`,
  );
}

export function accountPasswordPage(frame: ProfileFrame, policy: string): Html {
  return profileArea(
    frame,
    'Set Account Password',
    html`<section><p>With it programs log on as this account.</p>
${postForm({
  action: ACCOUNT_PASSWORD_PATH,
  token: frame.token,
  button: 'Save',
  look: 'main',
  fields: [
    passwordField('currentPassword', 'Password of the Universal ID', 'current-password'),
    passwordField('newPassword', 'New Account Password', 'new-password', policy),
    passwordField('newPasswordConfirm', 'Re-Enter New Account Password', 'new-password'),
  ],
})}</section>`,
  );
}

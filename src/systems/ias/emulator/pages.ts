import { html } from 'hono/html';
import { cardDocument, type Html, type Message } from './web/document.ts';
import { postForm, textField } from './web/form.ts';

export const SIGN_IN_PATH = '/ui/signin';
export const CHANGE_PATH = '/ui/password/change';
export const PROFILE_PATH = '/ui/protected/profilemanagement';
export const SIGN_OUT_PATH = '/ui/signout';
export const FORGOT_PATH = '/ui/password/forgot';
export const REGISTRATION_PATH = '/ui/register';

export interface CardOptions {
  readonly host: string;
  /** Token of the session. */
  readonly token: string;
  readonly message?: Message | undefined;
}

/** @param options.registers whether strangers may register themselves */
export function signInPage(options: CardOptions & { readonly registers: boolean }): Html {
  const { host, token, message, registers } = options;
  return cardDocument({
    title: 'Sign in',
    host,
    message,
    body: html`${postForm({
      action: SIGN_IN_PATH,
      token,
      button: 'Continue',
      look: 'main',
      fields: [
        textField({ name: 'j_username', label: 'E-Mail or Login Name', autocomplete: 'username', required: true }),
        passwordField('j_password', 'Password', 'current-password'),
      ],
    })}
<p><a href="${FORGOT_PATH}">Forgot password?</a></p>
${registers ? html`<p>New here? <a href="${REGISTRATION_PATH}">Register</a></p>` : ''}`,
  });
}

/** @param options.policy what the password must be like */
export function changePage({ host, token, message, policy }: CardOptions & { readonly policy: string }): Html {
  return cardDocument({
    title: 'Change Your Password',
    host,
    message,
    body: postForm({ action: CHANGE_PATH, token, button: 'Save', look: 'main', fields: changeFields(policy) }),
  });
}

export function changeFields(policy: string): readonly Html[] {
  return [
    passwordField('currentPassword', 'Current Password', 'current-password'),
    passwordField('newPassword', 'New Password', 'new-password', policy),
    passwordField('newPasswordConfirm', 'Re-Enter New Password', 'new-password'),
  ];
}

export function passwordField(
  name: string,
  label: string,
  autocomplete: 'current-password' | 'new-password',
  hint?: string,
): Html {
  return textField({ name, label, type: 'password', autocomplete, required: true, ...(hint ? { hint } : {}) });
}

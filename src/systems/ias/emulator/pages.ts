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

/**
 * @param options.policy what the password must be like
 * @param options.target where the sign-in goes on
 */
export function changePage({
  host,
  token,
  message,
  policy,
  target,
}: CardOptions & { readonly policy: string; readonly target: string }): Html {
  return cardDocument({
    title: 'Change Your Password',
    host,
    message,
    body: postForm({
      action: CHANGE_PATH,
      token,
      button: 'Save',
      look: 'main',
      fields: [html`<input type="hidden" name="target" value="${target}">`, ...changeFields(policy)],
    }),
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

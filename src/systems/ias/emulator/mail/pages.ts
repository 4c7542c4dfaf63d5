import { html } from 'hono/html';
import { type CardOptions, FORGOT_PATH, PROFILE_PATH, passwordField } from '../pages.ts';
import { scimTime } from '../resource.ts';
import type { Mail } from '../rows/mail.ts';
import { areaDocument, cardDocument, type Html } from '../web/document.ts';
import { postForm, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { LINK_PATH } from './links.ts';

export const MAILBOX_PATH = '/mailbox';

/** @param options.to only mails to this address are shown */
export function mailboxPage(options: {
  readonly host: string;
  readonly mails: readonly Mail[];
  readonly to: string;
}): Html {
  const { host, mails, to } = options;
  return areaDocument({
    title: 'Mailbox',
    area: 'Local Landscape',
    host,
    body: html`<p class="message note">SAP has no such page. Mails that this tenant sends arrive here and nowhere else, whoever they are for.</p>
<form class="search" method="get" action="${MAILBOX_PATH}">
${textField({ name: 'to', label: 'Mails to', type: 'email', value: to })}
<button type="submit">Show</button>
</form>
${mails.length === 0 ? html`<section><p>No mails${to === '' ? '' : ` to ${to}`}.</p></section>` : mails.map(mailSection)}`,
  });
}

function mailSection({ number, to, subject, text, link, sentAt }: Mail): Html {
  return html`<section aria-labelledby="mail-${number}">
<h2 id="mail-${number}">${subject}</h2>
<p class="meta">To ${to}, <time datetime="${scimTime(sentAt)}">${when(sentAt)}</time></p>
${text.split('\n').map((line) => html`<p>${line}</p>`)}
${link === undefined ? '' : html`<p><a href="${link}">${link}</a></p>`}
</section>`;
}

export function forgotPage({ host, token, message }: CardOptions): Html {
  return cardDocument({
    title: 'Forgot Password',
    host,
    message,
    body: html`<p>Tell us who you are, and we send you a link to set a new password.</p>
${postForm({
  action: FORGOT_PATH,
  token,
  button: 'Send',
  look: 'main',
  fields: textField({
    name: 'identifier',
    label: 'E-Mail, Login Name or User ID',
    autocomplete: 'username',
    required: true,
  }),
})}
<p><a href="${PROFILE_PATH}">Back to sign-in</a></p>`,
  });
}

export function forgotSentPage(host: string): Html {
  return cardDocument({
    title: 'Check Your Mail',
    host,
    body: html`<p>If there is an account, a mail with a link is on its way. The link is valid for 2 hours.</p>
<p><a href="${PROFILE_PATH}">Back to sign-in</a></p>`,
  });
}

export interface LinkPageOptions extends CardOptions {
  readonly link: string;
  readonly account: string;
  readonly purpose: 'activation' | 'reset';
  /** What a new password must be like; absent = the account has a password that stays. */
  readonly policy?: string | undefined;
}

export function linkPage({ host, token, message, link, account, purpose, policy }: LinkPageOptions): Html {
  return cardDocument({
    title: purpose === 'activation' ? 'Activate Your Account' : 'Reset Your Password',
    host,
    message,
    body: html`<p>Account: ${account}</p>
${postForm({
  action: LINK_PATH,
  token,
  button: purpose === 'activation' ? 'Activate' : 'Save',
  look: 'main',
  fields: [
    html`<input type="hidden" name="token" value="${link}">`,
    ...(policy === undefined
      ? []
      : [
          passwordField('newPassword', 'New Password', 'new-password', policy),
          passwordField('newPasswordConfirm', 'Re-Enter New Password', 'new-password'),
        ]),
  ],
})}`,
  });
}

export function linkDonePage(host: string, account: string, purpose: 'activation' | 'reset'): Html {
  return cardDocument({
    title: purpose === 'activation' ? 'Your Account Is Active' : 'Your Password Has Been Changed',
    host,
    body: html`<p>Account: ${account}</p>
<p><a class="button" href="${PROFILE_PATH}">Continue</a></p>`,
  });
}

export function deadLinkPage(host: string): Html {
  return cardDocument({
    title: 'Invalid Link',
    host,
    body: html`<p>This link has expired or was used before.</p>
<p><a href="${FORGOT_PATH}">Get a new one</a></p>`,
  });
}

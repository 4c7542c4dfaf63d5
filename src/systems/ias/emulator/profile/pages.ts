import { html } from 'hono/html';
import { changeFields, PROFILE_PATH, SIGN_OUT_PATH } from '../pages.ts';
import { areaDocument, type Html, type Message } from '../web/document.ts';
import { postForm, textField } from '../web/form.ts';
import { qrCode } from '../web/qr-code.ts';
import { PASSWORD_PATH, TOTP_PATH } from './paths.ts';

/** What every page of the profile shows around it. */
export interface ProfileFrame {
  readonly host: string;
  readonly token: string;
  readonly name: string;
  readonly message?: Message | undefined;
}

export interface ProfileData {
  /** Label and value, in order. */
  readonly facts: readonly (readonly [string, string])[];
  readonly passwordFacts: readonly (readonly [string, string])[];
  /** Whether there is a password to change. */
  readonly changeable: boolean;
  readonly secondFactor: boolean;
  /** More sections, e.g. of the SAP ID service. */
  readonly more?: Html;
}

export function profilePage(
  frame: ProfileFrame,
  { facts, passwordFacts, changeable, secondFactor, more }: ProfileData,
): Html {
  return profileArea(
    frame,
    'Profile',
    html`<section aria-labelledby="data"><h2 id="data">My Data</h2>${list(facts)}</section>
<section aria-labelledby="password"><h2 id="password">Password</h2>${list(passwordFacts)}
${changeable ? html`<p><a class="button" href="${PASSWORD_PATH}">Change Password</a></p>` : ''}</section>
<section aria-labelledby="factors"><h2 id="factors">Two-Factor Authentication</h2>
<p>${secondFactor ? 'An authenticator app gives you passcodes.' : 'No authenticator app is set up.'}</p>
<p><a class="button" href="${TOTP_PATH}">${secondFactor ? 'Authenticator App' : 'Set Up Authenticator App'}</a></p></section>
${more ?? ''}`,
  );
}

export function passwordPage(frame: ProfileFrame, policy: string): Html {
  return profileArea(
    frame,
    'Change Password',
    html`<section>${postForm({
      action: PASSWORD_PATH,
      token: frame.token,
      button: 'Save',
      look: 'main',
      fields: changeFields(policy),
    })}</section>
${back}`,
  );
}

/** @param uri what the QR code says */
export function enrolmentPage(frame: ProfileFrame, secret: string, uri: string): Html {
  return profileArea(
    frame,
    'Set Up Authenticator App',
    html`<section>
<p>Scan the code with an authenticator app, or type the key into it.</p>
${qrCode(uri)}
<dl><dt>Key</dt><dd><code>${secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code></dd>
<dt>Address</dt><dd><code>${uri}</code></dd></dl>
${postForm({
  action: TOTP_PATH,
  token: frame.token,
  button: 'Activate',
  look: 'main',
  fields: passcodeField('Passcode that the app shows'),
})}</section>
${back}`,
  );
}

export function devicePage(frame: ProfileFrame, since: string): Html {
  return profileArea(
    frame,
    'Authenticator App',
    html`<section>
<dl><dt>Active since</dt><dd>${since}</dd></dl>
${postForm({
  action: `${TOTP_PATH}/remove`,
  token: frame.token,
  button: 'Remove',
  look: 'danger',
  fields: passcodeField('Passcode that the app shows'),
})}</section>
${back}`,
  );
}

const back = html`<p><a href="${PROFILE_PATH}">Back to the profile</a></p>`;

/** A page of the profile. */
export function profileArea(frame: ProfileFrame, title: string, body: Html): Html {
  const { host, token, name, message } = frame;
  const who = html`<div class="who"><span>${name}</span>${postForm({ action: SIGN_OUT_PATH, token, button: 'Sign out' })}</div>`;
  return areaDocument({ title, area: 'User Profile', host, who, body, message });
}

function list(facts: readonly (readonly [string, string])[]): Html {
  return html`<dl>${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
}

function passcodeField(label: string): Html {
  return textField({ name: 'passcode', label, inputmode: 'numeric', autocomplete: 'one-time-code', required: true });
}

import { html } from 'hono/html';
import {
  type CardOptions,
  FORGOT_PATH,
  passwordField,
  REGISTRATION_PATH,
  SIGN_IN_PATH,
  SIGN_OUT_PATH,
} from '../pages.ts';
import { cardDocument, type Html } from '../web/document.ts';
import { postForm, textField } from '../web/form.ts';
import { qrCode } from '../web/qr-code.ts';

export const CODE_PATH = `${SIGN_IN_PATH}/passcode`;
export const ENROLMENT_PATH = `${SIGN_IN_PATH}/enrolment`;
/** Where the browser goes on, in every form of the sign-in. */
export const TARGET_FIELD = 'target';

/** A page on the way to somewhere. */
export interface StepOptions extends CardOptions {
  readonly target: string;
}

/** Longest identifier that a page shows again. */
const LONGEST_HINT = 256;

function targetField(target: string): Html {
  return html`<input type="hidden" name="${TARGET_FIELD}" value="${target}">`;
}

/** @param options.identifierOnly whether somebody else may be the one to ask for the password (ias 0143dce) */
export function signInPage(
  options: StepOptions & {
    readonly registers: boolean;
    readonly identifierOnly: boolean;
    readonly loginHint: string | undefined;
  },
): Html {
  const { host, token, message, target, registers, identifierOnly, loginHint } = options;
  const name = textField({
    name: 'j_username',
    label: 'E-Mail or Login Name',
    autocomplete: 'username',
    required: true,
    value: loginHint?.slice(0, LONGEST_HINT),
  });
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
        targetField(target),
        name,
        ...(identifierOnly ? [] : [passwordField('j_password', 'Password', 'current-password')]),
      ],
    })}
<p><a href="${FORGOT_PATH}">Forgot password?</a></p>
${registers ? html`<p>New here? <a href="${REGISTRATION_PATH}">Register</a></p>` : ''}`,
  });
}

export function codePage({ host, token, message, target }: StepOptions): Html {
  return cardDocument({
    title: 'Two-Factor Authentication',
    host,
    message,
    body: html`<p>This application needs a second factor.</p>
${postForm({
  action: CODE_PATH,
  token,
  button: 'Continue',
  look: 'main',
  fields: [targetField(target), codeField()],
})}
${signOut(token)}`,
  });
}

/** @param options.uri what an authenticator app reads */
export function enrolmentStep(options: StepOptions & { readonly secret: string; readonly uri: string }): Html {
  const { host, token, message, target, secret, uri } = options;
  return cardDocument({
    title: 'Set Up Authenticator App',
    host,
    message,
    body: html`<p>This application needs a second factor. Scan the code with an authenticator app, or type the key into it.</p>
${qrCode(uri)}
<p><code>${secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code></p>
${postForm({
  action: ENROLMENT_PATH,
  token,
  button: 'Activate',
  look: 'main',
  fields: [targetField(target), codeField()],
})}
${signOut(token)}`,
  });
}

function codeField(): Html {
  return textField({
    name: 'j_otpcode',
    label: 'Passcode that the app shows',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    required: true,
  });
}

/** Whoever is stuck can leave, or come as somebody else. */
export function stopPage(options: {
  readonly host: string;
  readonly title: string;
  readonly text: string;
  readonly token?: string | undefined;
}): Html {
  const { host, title, text, token } = options;
  return cardDocument({
    title,
    host,
    message: { kind: 'bad', text },
    body: token === undefined ? html`` : signOut(token),
  });
}

function signOut(token: string): Html {
  return postForm({ action: SIGN_OUT_PATH, token, button: 'Sign out' });
}

import { html } from 'hono/html';
import { STYLESHEET_PATH } from './stylesheet.ts';

/** Escaped markup. */
export type Html = ReturnType<typeof html>;

/** Hidden field that must come back with every form, and the cookie that it is compared with (UAA's name). */
export const CSRF = 'X-Uaa-Csrf';

export interface PageContext {
  readonly host: string;
  readonly csrf: string;
  readonly message?: { readonly kind: 'good' | 'bad'; readonly text: string } | undefined;
}

/** UAA with its account chooser: the default identity provider by a button, any other by its origin key. */
export function originPage(context: PageContext): Html {
  return document('Choose your identity provider', context, [
    form(
      '/origin-chooser',
      context,
      html`<input type="hidden" name="login_hint" value="">
<button type="submit">Sign in with default identity provider</button>`,
    ),
    form(
      '/origin-chooser',
      context,
      html`${field('login_hint', 'Enter the origin key of your identity provider', 'text', 'off')}
<button type="submit" class="other">Sign in with alternative identity provider</button>`,
    ),
  ]);
}

/** Sign-in of internal users. */
export function passwordPage(context: PageContext, options: { readonly loginHint: string }): Html {
  return document('Welcome!', context, [
    form(
      '/login.do',
      context,
      html`<input type="hidden" name="login_hint" value="${options.loginHint}">
${field('username', 'Email', 'text', 'username')}
${field('password', 'Password', 'password', 'current-password')}
<button type="submit">Sign in</button>`,
    ),
    html`<p><a href="/login?discoveryPerformed=false">Choose another identity provider</a></p>`,
  ]);
}

export function passcodePage(context: PageContext, passcode: string): Html {
  return document('Temporary Authentication Code', context, [
    html`<samp id="passcode">${passcode}</samp>
<p>Paste it where the command line asks for it. It is good once, for five minutes.</p>
<p><a href="/logout.do">Sign out</a></p>`,
  ]);
}

export function homePage(context: PageContext, user: string): Html {
  return document('Where to?', context, [
    html`<p>You are signed in as ${user}.</p>
<ul><li><a href="/passcode">Temporary Authentication Code</a></li><li><a href="/logout.do">Sign out</a></li></ul>`,
  ]);
}

export function forcePasswordPage(context: PageContext, email: string): Html {
  return document('Force Change Password', context, [
    html`<p>Email: ${email}</p>`,
    form(
      '/force_password_change',
      context,
      html`${field('password', 'New Password', 'password', 'new-password')}
${field('password_confirmation', 'Confirm New Password', 'password', 'new-password')}
<button type="submit">Create new password</button>`,
    ),
  ]);
}

export interface ApprovalOptions {
  readonly client: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Path and query of the authorization request. */
  readonly action: string;
}

export function approvalPage(context: PageContext, { client, redirectUri, scopes, action }: ApprovalOptions): Html {
  return document('Application Authorization', context, [
    html`<p><strong>${client}</strong> at ${redirectUri} has requested permission to access your account. If you do not
recognize this application or its URL, you should click Deny. The application will not see your password.</p>`,
    form(
      action,
      context,
      html`<fieldset><legend>It may</legend>
${scopes.map(
  (
    scope,
    index,
  ) => html`<div class="choice"><input type="checkbox" id="scope.${index}" name="scope.${index}" value="scope.${scope}" checked>
<label for="scope.${index}">${scope}</label></div>
`,
)}</fieldset>
<button type="submit" name="user_oauth_approval" value="true">Authorize</button>
<button type="submit" class="other" name="user_oauth_approval" value="false">Deny</button>`,
    ),
  ]);
}

/** Something that the browser can do nothing about but start anew. */
export function errorPage(context: PageContext, title: string): Html {
  return document(title, context, [html`<p><a href="/login">Sign in</a></p>`]);
}

function form(action: string, { csrf }: PageContext, fields: Html): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="${CSRF}" value="${csrf}">
${fields}
</form>`;
}

function field(name: string, label: string, type: 'text' | 'password', autocomplete: string): Html {
  return html`<label for="${name}-${type}">${label}</label>
<input id="${name}-${type}" name="${name}" type="${type}" autocomplete="${autocomplete}" required>`;
}

function document(title: string, { host, message }: PageContext, parts: readonly Html[]): Html {
  const bad = message?.kind === 'bad';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${bad ? 'Error: ' : ''}${title} - Cloud Foundry</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<main id="main">
<h1>${title}</h1>
<p class="host">${host}</p>
${message ? html`<p class="message ${message.kind}" role="${bad ? 'alert' : 'status'}">${message.text}</p>` : ''}
${parts}
</main>
</body>
</html>
`;
}

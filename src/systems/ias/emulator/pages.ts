/** The tenant's pages for people: plain HTML that works without scripts and with a screen reader. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
body { font-family: system-ui, sans-serif; line-height: 1.5; margin: 3rem auto; max-width: 26rem; padding: 0 1rem; }
label { display: block; margin-top: 1rem; }
input { box-sizing: border-box; font: inherit; padding: 0.4rem; width: 100%; }
button { font: inherit; margin-top: 1.5rem; padding: 0.4rem 1.2rem; }
[role='alert'] { border-left: 0.3rem solid #b00; padding-left: 0.7rem; }
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

function alert(message: string | undefined): string {
  return message === undefined ? '' : `<p role="alert">${escaped(message)}</p>`;
}

interface FormInput {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: string;
}

function form(action: string, token: string, inputs: readonly FormInput[], button: string): string {
  const fields = inputs.map(
    ({ name, label, type, autocomplete }) =>
      `<label for="${name}">${escaped(label)}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required>`,
  );
  return `<form method="post" action="${action}">
<input type="hidden" name="authenticity_token" value="${escaped(token)}">
${fields.join('\n')}
<button type="submit">${escaped(button)}</button>
</form>`;
}

export const SIGN_IN_PATH = '/ui/signin';
export const CHANGE_PATH = '/ui/password/change';
export const PROFILE_PATH = '/ui/protected/profilemanagement';
export const SIGN_OUT_PATH = '/ui/signout';

export function signInPage(host: string, token: string, message?: string): string {
  const inputs: readonly FormInput[] = [
    { name: 'j_username', label: 'E-Mail or Login Name', type: 'text', autocomplete: 'username' },
    { name: 'j_password', label: 'Password', type: 'password', autocomplete: 'current-password' },
  ];
  return page('Sign in', `<p>${escaped(host)}</p>${alert(message)}${form(SIGN_IN_PATH, token, inputs, 'Continue')}`);
}

export function changePage(token: string, message?: string): string {
  const inputs: readonly FormInput[] = [
    { name: 'currentPassword', label: 'Current Password', type: 'password', autocomplete: 'current-password' },
    { name: 'newPassword', label: 'New Password', type: 'password', autocomplete: 'new-password' },
    { name: 'newPasswordConfirm', label: 'Re-Enter New Password', type: 'password', autocomplete: 'new-password' },
  ];
  return page('Change Your Password', `${alert(message)}${form(CHANGE_PATH, token, inputs, 'Save')}`);
}

export function profilePage(token: string, user: { readonly name: string; readonly mail: string }): string {
  return page(
    'Profile',
    `<dl><dt>Login Name</dt><dd>${escaped(user.name)}</dd><dt>E-Mail</dt><dd>${escaped(user.mail)}</dd></dl>
${form(SIGN_OUT_PATH, token, [], 'Sign out')}`,
  );
}

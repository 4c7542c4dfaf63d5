/** HTML of the few pages that people see of XSUAA; everything else they see is the identity provider's. */
export function choicePage(choices: readonly { readonly text: string; readonly href: string }[]): string {
  const items = choices.map(({ text, href }) => `<li><a href="${escaped(href)}">${escaped(text)}</a></li>`).join('');
  return page('Sign in with', `<ul>${items}</ul>`);
}

export function problemPage(text: string): string {
  return page('You cannot be signed in', `<p>${escaped(text)}</p>`);
}

export function signedOutPage(): string {
  return page('You are signed out', '<p>You can close this page.</p>');
}

/** No scripts, no requests: nothing but the style in the page. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const STYLE = [
  ':root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}',
  'main{max-width:26rem;margin:4rem auto;padding:0 1rem}',
  'ul{list-style:none;padding:0}li{margin:.5rem 0}',
  'a{display:block;padding:.75rem 1rem;border:1px solid;border-radius:.5rem;text-decoration:none}',
  'a:focus-visible{outline:3px solid;outline-offset:2px}',
].join('');

function page(title: string, content: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body><main><h1>${escaped(title)}</h1>${content}</main></body></html>`,
  ].join('');
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

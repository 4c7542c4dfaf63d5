import { html } from 'hono/html';
import { STYLESHEET_PATH } from './stylesheet.ts';

/** Escaped markup. */
export type Html = ReturnType<typeof html>;

/** What a page tells first. */
export interface Message {
  readonly kind: 'good' | 'bad' | 'note';
  readonly text: string;
}

interface DocumentOptions {
  readonly title: string;
  readonly body: Html;
  readonly message?: Message | undefined;
}

/** A small page with one job: sign in, change a password. */
export function cardDocument(options: DocumentOptions & { readonly host: string; readonly foot?: Html }): Html {
  const { title, host, body, message, foot } = options;
  return shell(
    titleOf(options),
    html`<main class="card" id="main">
<h1>${title}</h1>
<p class="host">${host}</p>
${banner(message)}
${body}
</main>
${foot === undefined ? '' : html`<footer class="foot">${foot}</footer>`}`,
  );
}

export interface NavigationItem {
  readonly href: string;
  readonly label: string;
  readonly current: boolean;
}

export interface AreaOptions extends DocumentOptions {
  /** What the area is called, e.g. Administration Console. */
  readonly area: string;
  readonly host: string;
  /** Who signed in, with the form to sign out. */
  readonly who?: Html;
  readonly navigation?: readonly NavigationItem[];
}

/** A page of an area with a bar on top, and a navigation where the area has several pages. */
export function areaDocument(options: AreaOptions): Html {
  const { title, area, host, who, navigation, body, message } = options;
  const main = html`<h1>${title}</h1>
${banner(message)}
${body}`;
  return shell(
    `${titleOf(options)} - ${area}`,
    html`<header class="bar"><strong>${area}</strong><span class="where">${host}</span>${who ?? ''}</header>
${
  navigation
    ? html`<div class="columns">
<nav aria-label="${area}"><ul>
${navigation.map(
  ({ href, label, current }) =>
    html`<li><a href="${href}"${current ? html` aria-current="page"` : ''}>${label}</a></li>
`,
)}</ul></nav>
<main id="main">${main}</main>
</div>`
    : html`<main class="wide" id="main">${main}</main>`
}`,
  );
}

function titleOf({ title, message }: DocumentOptions): string {
  return message?.kind === 'bad' ? `Error: ${title}` : title;
}

/** Focused when it is bad news, so that whoever listens to the page hears it first. */
function banner(message: Message | undefined): Html | '' {
  if (message === undefined) return '';
  const { kind, text } = message;
  if (kind === 'bad') return html`<p class="message bad" role="alert" tabindex="-1" autofocus>${text}</p>`;
  return html`<p class="message ${kind}" role="status">${text}</p>`;
}

function shell(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${body}
</body>
</html>
`;
}

import { type HTMLElement, parse } from 'node-html-parser';
import { HOST } from './tenant.fixture.ts';

export interface Page {
  readonly status: number;
  readonly path: string;
  readonly title: string;
  readonly text: string;
  readonly document: HTMLElement;
}

/** A person in front of a tenant's pages, without JavaScript: cookies, redirects, forms. */
export function openBrowser(fetch: typeof globalThis.fetch, host = HOST) {
  const cookies = new Map<string, string>();

  async function send(path: string, fields?: URLSearchParams): Promise<Page> {
    const url = new URL(path, `https://${host}`);
    const response = await fetch(url, {
      method: fields ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(fields ? { body: fields } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) return send(new URL(location, url).href);
    const document = parse(await response.text());
    const title = document.querySelector('h1')?.text ?? '';
    return { status: response.status, path: url.pathname + url.search, title, text: document.text, document };
  }

  /**
   * Sends the form of a page that has this button, with its own values and the given ones on top.
   * @param button text of the button, or its label where several have the same text
   */
  async function press(page: Page, button: string, fields: Readonly<Record<string, string | readonly string[]>> = {}) {
    const form = page.document
      .querySelectorAll('form')
      .find((one) =>
        one.querySelectorAll('button').some((b) => b.text === button || b.getAttribute('aria-label') === button),
      );
    if (!form) throw new Error(`no button '${button}' on the page '${page.title}'`);
    const filled = valuesOf(form);
    for (const [name, value] of Object.entries(fields)) {
      filled.delete(name);
      for (const one of [value].flat()) filled.append(name, one);
    }
    const action = form.getAttribute('action') ?? page.path;
    if (form.getAttribute('method') === 'post') return send(action, filled);
    return send(`${action}?${filled}`);
  }

  /** Sends fields with the token of a page to where a form would lead, as it may be hidden there. */
  async function submit(page: Page, path: string, fields: Readonly<Record<string, string | readonly string[]>> = {}) {
    const token = page.document.querySelector('input[name=authenticity_token]')?.getAttribute('value') ?? '';
    const all = new URLSearchParams({ authenticity_token: token });
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) all.append(name, one);
    return send(path, all);
  }

  async function signIn(name: string, password: string, path = '/') {
    return press(await send(path), 'Continue', { j_username: name, j_password: password });
  }

  return { open: (path: string) => send(path), press, submit, signIn, cookies };
}

/** What a browser would send if nobody touched the form. */
function valuesOf(form: HTMLElement): URLSearchParams {
  const values = new URLSearchParams();
  for (const field of form.querySelectorAll('input, select, textarea')) {
    const name = field.getAttribute('name');
    if (name === undefined) continue;
    const type = field.getAttribute('type');
    if ((type === 'checkbox' || type === 'radio') && field.getAttribute('checked') === undefined) continue;
    const options = field.querySelectorAll('option');
    const chosen = options.find((option) => option.getAttribute('selected') !== undefined) ?? options[0];
    values.append(name, field.getAttribute('value') ?? chosen?.getAttribute('value') ?? field.text);
  }
  return values;
}

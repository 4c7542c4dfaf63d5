import { type HTMLElement, parse } from 'node-html-parser';
import type { ConformanceLandscape } from './landscape.ts';

/** A page that was loaded, after all redirects. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/** What a person's browser does without JavaScript: cookies by host, redirects, forms. */
export interface Browser {
  /**
   * Loads a page and follows redirects, which end before a URL that starts with `until`.
   * @throws Error after 20 redirects
   */
  open(url: string, until?: string): Promise<Page>;
  /** Fills the page's first form that has all of these fields, keeps its hidden ones, and sends it. */
  submit(page: Page, fields: Readonly<Record<string, string>>, until?: string): Promise<Page>;
}

const MOST_REDIRECTS = 20;

export function createBrowser(fetch: ConformanceLandscape['fetch']): Browser {
  const jars = new Map<string, Map<string, string>>();

  async function send(url: string, init: RequestInit): Promise<Response> {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html,application/xhtml+xml');
    headers.set('sec-fetch-mode', 'navigate');
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const name = pair.slice(0, pair.indexOf('=')).trim();
      const gone = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01.jan.1970)/i.test(attribute));
      if (gone) jar.delete(name);
      else jar.set(name, pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }

  async function follow(url: string, init: RequestInit, until: string | undefined): Promise<Page> {
    let at = url;
    let how = init;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      if (until !== undefined && at.startsWith(until)) return { url: at, status: 0, body: '' };
      const response = await send(at, how);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        return { url: at, status: response.status, body: await response.text() };
      }
      at = new URL(location, at).href;
      how = {};
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects from ${url}`);
  }

  return {
    open: (url, until) => follow(url, {}, until),
    submit(page, fields, until) {
      const form = formWith(page, Object.keys(fields));
      const action = new URL(form.getAttribute('action') ?? '', page.url).href;
      const body = new URLSearchParams();
      for (const input of form.querySelectorAll('input[type=hidden]')) {
        body.set(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '');
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return follow(action, { method: 'POST', body }, until);
    },
  };
}

function formWith(page: Page, names: readonly string[]): HTMLElement {
  const form = parse(page.body)
    .querySelectorAll('form')
    .find((one) => names.every((name) => one.querySelector(`[name=${name}]`)));
  if (!form) throw new Error(`${page.url} (${page.status}) has no form with ${names.join(' and ')}`);
  return form;
}

/** Signs in at an IAS tenant from where its authorization endpoint leads, and ends at the redirect address. */
export async function signIn(
  browser: Browser,
  authorizationUrl: string,
  user: { readonly name: string; readonly password: string },
  redirectUri: string,
): Promise<string> {
  const page = await browser.open(authorizationUrl, redirectUri);
  if (page.url.startsWith(redirectUri)) return page.url;
  const next = await browser.submit(page, { j_username: user.name, j_password: user.password }, redirectUri);
  if (next.url.startsWith(redirectUri)) return next.url;
  throw new Error(`the sign-in ended at ${next.url} (${next.status})`);
}

import { type HTMLElement, parse } from 'node-html-parser';
import type { Emulators } from '../../../../emulation/compose.ts';

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: HTMLElement;
  /** What a reader sees, without its layout. */
  readonly text: string;
}

/** What a browser without JavaScript does: cookies by host, redirects, forms. */
export interface Browser {
  open(url: string, until?: string): Promise<Page>;
  /** Fills the first form that has all of these fields, keeps its hidden ones, and sends it. */
  submit(page: Page, fields: Readonly<Record<string, string>>, until?: string): Promise<Page>;
  /** Cookies of a host. */
  cookies(host: string): ReadonlyMap<string, string>;
}

/** @param until redirects end before a URL that starts with this */
export function createBrowser(emulators: Pick<Emulators, 'fetch'>): Browser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (host: string) => {
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };

  async function follow(start: string, first: RequestInit, until: string | undefined): Promise<Page> {
    let [url, init] = [start, first];
    for (let hops = 0; hops < 20; hops++) {
      if (until !== undefined && url.startsWith(until)) {
        return { url, status: 0, headers: new Headers(), html: parse(''), text: '' };
      }
      const jar = jarOf(new URL(url).host);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { accept: 'text/html,*/*;q=0.8', ...(cookie === '' ? {} : { cookie }) };
      const response = await emulators.fetch(url, { ...init, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/max-age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        const html = parse(await response.text());
        const text = html.textContent.replace(/\s+/g, ' ').trim();
        return { url, status: response.status, headers: response.headers, html, text };
      }
      [url, init] = [new URL(location, url).href, {}];
    }
    throw new Error(`too many redirects from ${start}`);
  }

  return {
    open: (url, until) => follow(url, {}, until),
    cookies: jarOf,
    submit(page, fields, until) {
      const names = Object.keys(fields);
      const form = page.html
        .querySelectorAll('form')
        .find((one) => names.every((name) => one.querySelector(`[name="${name}"]`)));
      if (!form) throw new Error(`${page.url} (${page.status}) has no form with ${names.join(', ')}: ${page.text}`);
      const body = new URLSearchParams();
      for (const input of form.querySelectorAll('input[type=hidden]')) {
        body.set(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '');
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return follow(new URL(form.getAttribute('action') ?? page.url, page.url).href, { method: 'POST', body }, until);
    },
  };
}

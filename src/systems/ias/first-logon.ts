import { type HTMLElement, parse } from 'node-html-parser';
import { createBudget } from '../../kernel/budget.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createHttp, type HttpCall } from '../protocols/http/client.ts';

export interface FirstLogon {
  readonly host: string;
  readonly userName: string;
  readonly initial: Secret;
  readonly final: Secret;
}

/** Pages that a sign-in may have before we give up: name, password, terms, change, profile, and some to spare. */
const MAX_PAGES = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Changes an initial password at the tenant's own pages, in a fresh browser session (ias 93807cf, 16149d5).
 *
 * Assumed: how the forms look. They are found by the types of their inputs, not by names or texts, and hidden fields
 * go back as they came. Passwords are sent to the tenant's host only.
 * @throws RemoteError when a page has no form that fits, or shows one again that was answered
 */
export async function completeFirstLogon(ctx: SystemContext, logon: FirstLogon): Promise<void> {
  const visit = browser(ctx, logon.host);
  let page = await visit({ url: new URL(`https://${logon.host}/`) });
  const answered = new Set<FormKind>();
  for (let count = 0; count < MAX_PAGES; count++) {
    const form = recognise(page.document);
    if (!form) {
      if (answered.has('change')) return;
      throw failed('find the sign-in form');
    }
    // The same form again means that the answer was refused; asking once more would be a failed logon more.
    if (answered.has(form.kind)) {
      // Signing in again after the change is how some tenants end it; the proof that follows tells.
      if (answered.has('change') && form.kind !== 'change') return;
      throw failed(form.kind === 'change' ? 'change the initial password' : 'sign in with the initial password');
    }
    answered.add(form.kind);
    page = await visit(submission(form, page.url, logon));
  }
  throw failed('reach the end of the sign-in');
}

type FormKind = 'name' | 'password' | 'change';

interface Form {
  readonly kind: FormKind;
  readonly element: HTMLElement;
  readonly passwords: readonly HTMLElement[];
  readonly names: readonly HTMLElement[];
}

/** The form of a page that asks for a user name or passwords. */
function recognise(document: HTMLElement): Form | undefined {
  for (const element of document.querySelectorAll('form')) {
    const inputs = element.querySelectorAll('input').filter((input) => input.getAttribute('name') !== undefined);
    const passwords = inputs.filter((input) => typeOf(input) === 'password');
    const names = inputs.filter((input) => ['text', 'email'].includes(typeOf(input)));
    if (passwords.length > 1) return { kind: 'change', element, passwords, names };
    if (passwords.length === 1) return { kind: 'password', element, passwords, names };
    if (names.length === 1) return { kind: 'name', element, passwords, names };
  }
  return undefined;
}

function typeOf(input: HTMLElement): string {
  return (input.getAttribute('type') ?? 'text').toLowerCase();
}

interface Submission {
  readonly url: URL;
  readonly fields?: URLSearchParams;
}

function submission(form: Form, page: URL, logon: FirstLogon): Submission {
  const { element, passwords, names, kind } = form;
  // A form that would put a password into a URL is none that we answer.
  if ((element.getAttribute('method') ?? 'get').toLowerCase() !== 'post') throw failed('answer a form without POST');
  const fields = new URLSearchParams();
  for (const input of element.querySelectorAll('input')) {
    const name = input.getAttribute('name');
    const type = typeOf(input);
    if (name === undefined || ['submit', 'button', 'image', 'reset', 'file'].includes(type)) continue;
    if (['checkbox', 'radio'].includes(type) && input.getAttribute('checked') === undefined) continue;
    fields.append(name, input.getAttribute('value') ?? '');
  }
  const fill = (input: HTMLElement | undefined, value: string) => {
    const name = input?.getAttribute('name');
    if (name !== undefined) fields.set(name, value);
  };
  if (kind === 'change') {
    for (const input of passwords) fill(input, (isCurrent(input, passwords) ? logon.initial : logon.final).reveal());
  } else {
    fill(names[0], logon.userName);
    fill(passwords[0], logon.initial.reveal());
  }
  return { url: new URL(element.getAttribute('action') ?? '', page), fields };
}

/** With three passwords the first is the current one, with two both are the new one, unless the form itself says. */
function isCurrent(input: HTMLElement, all: readonly HTMLElement[]): boolean {
  const said = input.getAttribute('autocomplete');
  if (said === 'current-password') return true;
  if (said === 'new-password') return false;
  return all.length > 2 && input === all[0];
}

interface Page {
  readonly url: URL;
  readonly document: HTMLElement;
}

/** A browser with its own cookies that stays on one host. */
function browser(ctx: SystemContext, host: string): (submission: Submission) => Promise<Page> {
  const http = createHttp({ system: 'ias', ctx, budget: createBudget({ concurrency: 1 }, ctx) });
  const cookies = new Map<string, string>();

  function request({ url, fields }: Submission): HttpCall {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      operation: 'first logon',
      url,
      method: fields ? 'POST' : 'GET',
      expect: [200, 400, 401, 403, ...REDIRECTS],
      headers: {
        accept: 'text/html',
        ...(cookie === '' ? {} : { cookie }),
        ...(fields ? { origin: `https://${host}` } : {}),
      },
      ...(fields ? { body: fields } : {}),
    };
  }

  return async (submission) => {
    let next = submission;
    for (let hops = 0; hops < MAX_PAGES; hops++) {
      if (next.url.protocol !== 'https:' || next.url.host !== host) throw failed('stay on the host of the tenant');
      const response = await http(request(next));
      for (const line of response.headers.getSetCookie()) keep(cookies, line);
      const location = response.headers.get('location');
      if (!REDIRECTS.includes(response.status) || location === null) {
        return { url: next.url, document: parse(await response.text()) };
      }
      await response.body?.cancel();
      // 307 and 308 repeat the form, the others fetch a page.
      const repeated = response.status >= 307 && next.fields ? { fields: next.fields } : {};
      next = { url: new URL(location, next.url), ...repeated };
    }
    throw failed('follow the redirects');
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  if (equals < 1) return;
  const name = pair.slice(0, equals).trim();
  const gone = attributes.some((attribute) => /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(attribute));
  if (gone) cookies.delete(name);
  else cookies.set(name, pair.slice(equals + 1).trim());
}

function failed(what: string): RemoteError {
  return new RemoteError('ERR_REMOTE_REFUSED', {
    system: 'ias',
    operation: `first logon: ${what}`,
    status: 200,
    remedy:
      'open the tenant in a private browser window and change the initial password by hand, or run `locum apply` again',
  });
}

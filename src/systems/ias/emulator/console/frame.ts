import { html } from 'hono/html';
import { SIGN_OUT_PATH } from '../pages.ts';
import type { Operation } from '../permissions.ts';
import { nameOf } from '../user-names.ts';
import { areaDocument, type Html, type Message } from '../web/document.ts';
import { postForm } from '../web/form.ts';
import type { ConsoleVisit } from './visit.ts';

export const CONSOLE_PATH = '/admin';

interface Place {
  readonly path: string;
  readonly label: string;
  readonly operation: Operation;
}

/** Tiles of the console, as SAP calls them; administrators see those that they may open. */
export const PLACES = [
  { path: '/users', label: 'User Management', operation: 'read users' },
  { path: '/groups', label: 'Groups', operation: 'read groups' },
  { path: '/technical-users', label: 'Technical Users', operation: 'read technical users' },
  { path: '/administrators', label: 'Administrators', operation: 'manage administrators' },
  { path: '/applications', label: 'Applications', operation: 'manage applications' },
  { path: '/policies', label: 'Password Policies', operation: 'manage password policies' },
  { path: '/settings', label: 'Tenant Settings', operation: 'manage tenant settings' },
  { path: '/changes', label: 'Change Log', operation: 'see the change log' },
  { path: '/audit-logs', label: 'Audit Logs', operation: 'manage tenant settings' },
  { path: '/logons', label: 'Troubleshooting Logs', operation: 'see the logons' },
] as const satisfies readonly Place[];

/** What redirects after a form say, by the value of `done`. */
const DONE: Readonly<Record<string, string>> = {
  saved: 'Saved.',
  created: 'Created.',
  deleted: 'Deleted.',
  verified: 'The e-mail is marked as verified.',
  unlocked: 'Unlocked.',
  activated: 'Activated.',
  deactivated: 'Deactivated.',
  counter: 'The mail counter is reset.',
  mailed: 'The mail is sent.',
  limited: 'No mail is sent: 3 mails went to this user within 24 hours.',
  device: 'The device is removed.',
  added: 'Added.',
  removed: 'Removed.',
  'technical-user': 'Technical user created.',
};

interface ConsolePageOptions {
  readonly title: string;
  readonly body: Html | '';
  /** @default what the redirect here says */
  readonly message?: Message | undefined;
}

export function consolePage(visit: ConsoleVisit, { title, body, message }: ConsolePageOptions): Html {
  const { tenant, user, session, query } = visit;
  const done = DONE[query.get('done') ?? ''];
  const here = visit.path;
  return areaDocument({
    title,
    area: 'Administration Console',
    host: tenant.host,
    body: html`${body}`,
    message: message ?? (done === undefined ? undefined : { kind: 'good', text: done }),
    who: html`<div class="who"><span>${nameOf(user)}</span>${postForm({ action: SIGN_OUT_PATH, token: session.token, button: 'Sign out' })}</div>`,
    navigation: PLACES.filter(({ operation }) => visit.may(operation)).map(({ path, label }) => ({
      href: CONSOLE_PATH + path,
      label,
      current: here === CONSOLE_PATH + path || here.startsWith(`${CONSOLE_PATH}${path}/`),
    })),
  });
}

export interface Column<T> {
  readonly label: string;
  readonly cell: (row: T) => Html | string;
}

/**
 * A table that can be moved sideways, also by the keyboard, where it does not fit, and that is a list of cards on a narrow
 * screen; the roles keep it a table there. The first column names the row.
 */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[], empty: string): Html {
  if (rows.length === 0) return html`<p>${empty}</p>`;
  const cells = (row: T) =>
    columns.map(({ label, cell }, index) =>
      index === 0
        ? html`<th scope="row" role="rowheader">${cell(row)}</th>`
        : html`<td role="cell" data-label="${label}"><div>${cell(row)}</div></td>`,
    );
  return html`<div class="rows" role="region" aria-label="${caption}" tabindex="0"><table role="table">
<thead role="rowgroup"><tr role="row">${columns.map(({ label }) => html`<th scope="col" role="columnheader">${label}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row">${cells(row)}</tr>
`,
  )}</tbody></table></div>`;
}

const PAGE_SIZE = 50;

/** One page of a list, and links to the pages around it. */
export function paged<T>(
  visit: ConsoleVisit,
  all: readonly T[],
): { readonly rows: readonly T[]; readonly links: Html } {
  const last = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
  const wanted = Number(visit.query.get('page') ?? '1');
  const current = Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), last) : 1;
  const to = (page: number) => {
    const query = new URLSearchParams(visit.query);
    query.set('page', String(page));
    query.delete('done');
    return `?${query}`;
  };
  return {
    rows: all.slice((current - 1) * PAGE_SIZE, current * PAGE_SIZE),
    links: html`<nav class="pages" aria-label="Pages"><span>${all.length} in all${last > 1 ? `, page ${current} of ${last}` : ''}</span>
${current > 1 ? html`<a href="${to(current - 1)}">Previous</a>` : ''}
${current < last ? html`<a href="${to(current + 1)}">Next</a>` : ''}</nav>`,
  };
}

export function section(id: string, title: string, body: Html): Html {
  return html`<section aria-labelledby="part-${id}"><h2 id="part-${id}">${title}</h2>
${body}</section>`;
}

export function facts(rows: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value === '' ? '-' : value}</dd>`)}</dl>`;
}

export function badge(text: string, look?: 'good' | 'bad'): Html {
  return html`<span class="badge${look ? ` ${look}` : ''}">${text}</span>`;
}

import { html } from 'hono/html';
import { logonsOf } from '../logon-log.ts';
import type { LogonEntry } from '../rows/log-entries.ts';
import type { Html } from '../web/document.ts';
import { checkField, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { badge, CONSOLE_PATH, consolePage, paged, table } from './frame.ts';
import type { ConsolePages, ConsoleVisit } from './visit.ts';

const LOGONS_PATH = `${CONSOLE_PATH}/logons`;

/** Who logged on, who could not, and why. */
function logonsPage(visit: ConsoleVisit): Html {
  const { services, tenant, query } = visit;
  const text = query.get('search') ?? '';
  const failed = query.get('failed') === 'yes';
  const wanted = text.trim().toLowerCase();
  const entries = logonsOf(services.store, tenant).filter(
    ({ identifier, application, address, cause }) =>
      (!failed || cause !== undefined) &&
      [identifier, application, address, cause].some((one) => one?.toLowerCase().includes(wanted)),
  );
  const { rows, links } = paged(visit, entries);
  return consolePage(visit, {
    title: 'Troubleshooting Logs',
    body: html`<form class="search" method="get" action="${LOGONS_PATH}" role="search">
${textField({ name: 'search', label: 'User, address or cause', type: 'search', value: text })}
${checkField({ name: 'failed', label: 'Failed logons only', checked: failed })}
<button type="submit">Search</button></form>
<section>${table(
      'Logons',
      [
        { label: 'When', cell: ({ time }) => when(time) },
        { label: 'User', cell: userOf },
        { label: 'Application', cell: ({ application }) => application ?? '-' },
        { label: 'By', cell: ({ method }) => method ?? 'password' },
        { label: 'Address', cell: ({ address }) => address ?? '-' },
        {
          label: 'Result',
          cell: ({ cause }) => (cause === undefined ? badge('success', 'good') : badge(cause, 'bad')),
        },
      ],
      rows,
      'No logons.',
    )}${links}</section>`,
  });
}

function userOf({ identifier, user }: LogonEntry): Html | string {
  return user === undefined ? identifier : html`<a href="${CONSOLE_PATH}/users/${user}">${identifier}</a>`;
}

export function logonLogRoutes({ page }: ConsolePages): void {
  page('/logons', 'see the logons', logonsPage);
}

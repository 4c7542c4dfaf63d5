import { html } from 'hono/html';
import { changeLogOf } from '../change-log.ts';
import type { AttributeChange, ChangeLogEntry } from '../rows/log-entries.ts';
import type { Html } from '../web/document.ts';
import { selectField, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { CONSOLE_PATH, consolePage, paged, table } from './frame.ts';
import type { ConsolePages, ConsoleVisit } from './visit.ts';

const CHANGES_PATH = `${CONSOLE_PATH}/changes`;

const TYPES = [
  'user',
  'group',
  'schema',
  'technical user',
  'system',
  'administrator',
  'application',
  'tenant',
] as const;

function changeLogPage(visit: ConsoleVisit): Html {
  const { services, tenant, query } = visit;
  const type = query.get('type') ?? '';
  const text = query.get('search') ?? '';
  const wanted = text.trim().toLowerCase();
  const entries = changeLogOf(services.store, tenant).filter(
    ({ object, actor }) =>
      (type === '' || object.type === type) &&
      [object.name, object.id, actor.name].some((one) => one.toLowerCase().includes(wanted)),
  );
  const { rows, links } = paged(visit, entries);
  return consolePage(visit, {
    title: 'Change Log',
    body: html`<form class="search" method="get" action="${CHANGES_PATH}" role="search">
${textField({ name: 'search', label: 'Object or who changed it', type: 'search', value: text })}
${selectField({
  name: 'type',
  label: 'Object Type',
  value: type,
  options: [{ value: '', label: 'all' }, ...TYPES.map((value) => ({ value, label: value }))],
})}
<button type="submit">Search</button></form>
<section>${table(
      'Changes',
      [
        { label: 'When', cell: ({ time }) => when(time) },
        { label: 'Who', cell: ({ actor }) => `${actor.name} (${actor.kind})` },
        { label: 'What', cell: ({ operation, object }) => `${operation} ${object.type} ${object.name}` },
        { label: 'Changes', cell: changesOf },
      ],
      rows,
      'No changes.',
    )}${links}</section>`,
  });
}

function changesOf({ changes }: ChangeLogEntry): Html | string {
  return changes.length === 0 ? '-' : html`<ul>${changes.map((change) => html`<li>${changeOf(change)}</li>`)}</ul>`;
}

function changeOf({ attribute, before, after }: AttributeChange): Html {
  if (before === undefined) return html`${attribute}: ${after ?? ''}`;
  if (after === undefined) return html`${attribute}: <del>${before}</del>`;
  return html`${attribute}: <del>${before}</del> → <ins>${after}</ins>`;
}

export function changeLogRoutes({ page }: ConsolePages): void {
  page('/changes', 'see the change log', changeLogPage);
}

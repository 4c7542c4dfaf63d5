import { html } from 'hono/html';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { findGroups, groupById } from '../groups.ts';
import { keyIn, type StoredGroup } from '../store.ts';
import type { Html, Message } from '../web/document.ts';
import { guardedForm, postForm, textField } from '../web/form.ts';
import { seeOther } from '../web/visits.ts';
import { CONSOLE_PATH, consolePage, facts, paged, section, table } from './frame.ts';
import { addGroup, addMember, dropGroup, dropMember } from './groups.ts';
import type { ConsolePages, ConsoleVisit, Show } from './visit.ts';

const GROUPS_PATH = `${CONSOLE_PATH}/groups`;

function groupsPage(visit: ConsoleVisit, message?: Message): Html {
  const { services, tenant, session, fields } = visit;
  const { rows, links } = paged(visit, findGroups(services.store, tenant, undefined));
  return consolePage(visit, {
    title: 'Groups',
    message,
    body: html`<section>${table(
      'Groups',
      [
        { label: 'Display Name', cell: (group) => html`<a href="${pathOf(group)}">${titleOf(group)}</a>` },
        { label: 'Description', cell: (group) => customOf(group).description },
        { label: 'Members', cell: (group) => String(membersOf(group).length) },
      ],
      rows,
      'There are no groups.',
    )}${links}</section>
${
  visit.may('create groups')
    ? section(
        'new',
        'Create Group',
        postForm({
          action: GROUPS_PATH,
          token: session.token,
          button: 'Create',
          look: 'main',
          fields: html`<div class="pair">${textField({ name: 'displayName', label: 'Name', required: true, value: fields.get('displayName') ?? '', hint: 'Goes to BTP in the claim groups, where its case counts.' })}
${textField({ name: 'description', label: 'Description', value: fields.get('description') ?? '' })}</div>`,
        }),
      )
    : ''
}`,
  });
}

function groupPage(visit: ConsoleVisit, message?: Message): Html {
  const group = groupOf(visit);
  const { token } = visit.session;
  const editable = visit.may('change groups');
  const { rows, links } = paged(visit, membersOf(group));
  return consolePage(visit, {
    title: titleOf(group),
    message,
    body: html`${section(
      'general',
      'General Information',
      html`${facts([
        ['Name', customOf(group).name],
        ['Description', customOf(group).description],
        ['SCIM ID', html`<code>${group.id}</code>`],
      ])}
${visit.may('delete groups') ? guardedForm({ action: `${pathOf(group)}/delete`, token, button: 'Delete', question: 'Who had access by this group loses it.' }) : ''}`,
    )}
${section(
  'members',
  'Members',
  html`${table(
    'Members',
    [
      { label: 'Member', cell: (member) => memberName(visit, member) },
      { label: 'Type', cell: ({ type }) => type },
      ...(editable
        ? [
            {
              label: 'Action',
              cell: (member: Member) =>
                postForm({
                  action: `${pathOf(group)}/members/${member.value}/remove`,
                  token,
                  button: 'Remove',
                  describes: member.display,
                }),
            },
          ]
        : []),
    ],
    rows,
    'No members.',
  )}${links}
${
  editable
    ? postForm({
        action: `${pathOf(group)}/members`,
        token,
        button: 'Add Member',
        fields: textField({
          name: 'identifier',
          label: 'New Member',
          required: true,
          hint: 'Login name or e-mail of a user, display name of a technical user or a group',
          value: visit.fields.get('identifier') ?? '',
        }),
      })
    : ''
}`,
)}
<p><a href="${GROUPS_PATH}">Back to the groups</a></p>`,
  });
}

export function groupRoutes({ page, form }: ConsolePages): void {
  page('/groups', 'read groups', groupsPage);
  form(
    '/groups',
    'create groups',
    ({ services, tenant, principal, fields }) => {
      const group = addGroup(services, tenant, principal.actor, {
        displayName: (fields.get('displayName') ?? '').trim(),
        description: (fields.get('description') ?? '').trim(),
      });
      return seeOther(`${pathOf(group)}?done=created`);
    },
    groupsPage,
  );
  page('/groups/:id', 'read groups', groupPage);
  const change = (path: string, done: string, act: (visit: ConsoleVisit) => void) =>
    form(
      `/groups/:id/${path}`,
      'change groups',
      (visit) => {
        act(visit);
        return seeOther(`${pathOf(groupOf(visit))}?done=${done}`);
      },
      groupPage as Show,
    );
  change('members', 'added', (visit) =>
    addMember(
      visit.services,
      visit.tenant,
      visit.principal.actor,
      groupOf(visit),
      visit.fields.get('identifier') ?? '',
    ),
  );
  change('members/:member/remove', 'removed', (visit) =>
    dropMember(visit.services, visit.tenant, visit.principal.actor, groupOf(visit), visit.param('member')),
  );
  form(
    '/groups/:id/delete',
    'delete groups',
    (visit) => {
      dropGroup(visit.services, visit.tenant, visit.principal.actor, groupOf(visit));
      return seeOther(`${GROUPS_PATH}?done=deleted`);
    },
    groupPage,
  );
}

function groupOf({ services, tenant, param }: ConsoleVisit): StoredGroup {
  return groupById(services.store, tenant, param('id'));
}

interface Member {
  readonly value: string;
  readonly type: string;
  readonly display: string;
}

function membersOf({ resource }: StoredGroup): readonly Member[] {
  const members = Array.isArray(resource.members) ? (resource.members as readonly Record<string, unknown>[]) : [];
  return members.map(({ value, type, display }) => ({
    value: String(value),
    type: String(type),
    display: typeof display === 'string' && display !== '' ? display : String(value),
  }));
}

function memberName({ services, tenant }: ConsoleVisit, { value, type, display }: Member): Html {
  const technical = services.store.technicalUsers.get(keyIn(tenant.id, value)) !== undefined;
  const place = technical ? 'technical-users' : type === 'Group' ? 'groups' : 'users';
  return html`<a href="${CONSOLE_PATH}/${place}/${value}">${display}</a>`;
}

function titleOf({ resource }: StoredGroup): string {
  return String(resource.displayName);
}

function customOf({ resource }: StoredGroup): { readonly name: string; readonly description: string } {
  const custom = resource[IAS_SCHEMA.customGroup];
  const text = (key: string) => (isObject(custom) && typeof custom[key] === 'string' ? String(custom[key]) : '');
  return { name: text('name'), description: text('description') };
}

function pathOf(group: StoredGroup): string {
  return `${GROUPS_PATH}/${group.id}`;
}

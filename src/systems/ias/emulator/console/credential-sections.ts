import { html } from 'hono/html';
import { clientLockedUntil } from '../clients.ts';
import { MAX_SECRETS, SECRET_LIFETIMES } from '../secrets.ts';
import type { ClientCredentials } from '../stored-credentials.ts';
import type { Html } from '../web/document.ts';
import { areaField, postForm, selectField, textField } from '../web/form.ts';
import { when } from '../web/when.ts';
import { badge, facts, section, table } from './frame.ts';
import type { ConsoleVisit } from './visit.ts';

interface CredentialSectionOptions {
  /** Path of the page; the forms lead below it. */
  readonly path: string;
  readonly client: ClientCredentials & { readonly clientId: string };
  readonly locks: boolean;
  readonly editable: boolean;
  /** Secrets that it may have. @default those of an application */
  readonly most?: number;
  /** More about the client id. */
  readonly more?: readonly (readonly [string, Html | string])[];
}

/** @param secret one that was just made: it can be seen here only */
export function secretNotice({ clientId }: { readonly clientId: string }, secret: string | undefined): Html | '' {
  if (secret === undefined) return '';
  return html`<div class="message good" role="status"><p>The new secret. It is shown this once.</p>
<code class="once">${secret}</code><p>Client ID: <code>${clientId}</code></p></div>`;
}

/** Client id with its lock, secrets and certificates of a system or technical user. */
export function credentialSections(visit: ConsoleVisit, options: CredentialSectionOptions): Html {
  return html`${section('client', 'Client ID', clientSection(visit, options))}
${section('secrets', 'Secrets', secretsSection(visit, options))}
${section('certificates', 'Certificates', certificatesSection(visit, options))}`;
}

function clientSection(
  visit: ConsoleVisit,
  { path, client, locks, editable, more = [] }: CredentialSectionOptions,
): Html {
  const { services, tenant, session } = visit;
  const lockedUntil = clientLockedUntil(services, tenant, client.clientId);
  const { token } = session;
  return html`${facts([
    ['Client ID', html`<code>${client.clientId}</code>`],
    ...more,
    ['Locking', locks ? 'on: 5 failed attempts lock the client ID for 60 minutes' : 'off'],
    ['Locked', lockedUntil === undefined ? 'no' : html`${badge('locked', 'bad')} until ${when(lockedUntil)}`],
  ])}
${
  editable
    ? html`<div class="actions">
${postForm({ action: `${path}/locking`, token, button: locks ? 'Switch Locking Off' : 'Switch Locking On' })}
${lockedUntil === undefined ? '' : postForm({ action: `${path}/unlock`, token, button: 'Unlock' })}</div>`
    : ''
}`;
}

function secretsSection(
  { session, services }: ConsoleVisit,
  { path, client, editable, most = MAX_SECRETS }: CredentialSectionOptions,
): Html {
  const { secrets = [] } = client;
  const { token } = session;
  const now = services.ctx.now();
  return html`${table(
    'Secrets',
    [
      { label: 'Secret', cell: ({ hint }) => html`<code>${hint}…</code>` },
      { label: 'Description', cell: ({ description }) => description },
      { label: 'Created', cell: ({ createdAt }) => when(createdAt) },
      {
        label: 'Expires',
        cell: ({ expiresAt }) =>
          expiresAt === undefined
            ? 'never'
            : html`${when(expiresAt)} ${expiresAt <= now ? badge('expired', 'bad') : ''}`,
      },
      ...(editable
        ? [
            {
              label: 'Action',
              cell: ({ id, hint }: (typeof secrets)[number]) =>
                postForm({
                  action: `${path}/secrets/${id}/remove`,
                  token,
                  button: 'Remove',
                  look: 'danger',
                  describes: `secret ${hint}`,
                }),
            },
          ]
        : []),
    ],
    secrets,
    'No secrets.',
  )}
${
  editable
    ? postForm({
        action: `${path}/secrets`,
        token,
        button: 'Add Secret',
        fields: html`<div class="pair">${textField({ name: 'description', label: 'Description' })}
${selectField({
  name: 'lifetime',
  label: 'Expires In',
  value: '1 year',
  hint: `At most ${most} secrets.`,
  options: Object.keys(SECRET_LIFETIMES).map((value) => ({ value, label: value })),
})}</div>`,
      })
    : ''
}`;
}

function certificatesSection({ session }: ConsoleVisit, { path, client, editable }: CredentialSectionOptions): Html {
  const { certificates = [] } = client;
  const { token } = session;
  return html`${table(
    'Certificates',
    [
      { label: 'Subject', cell: ({ subject }) => subject },
      { label: 'Issuer', cell: ({ issuer }) => issuer },
      { label: 'Valid Until', cell: ({ notAfter }) => when(notAfter) },
      { label: 'Serial Number', cell: ({ serialNumber }) => html`<code>${serialNumber}</code>` },
      ...(editable
        ? [
            {
              label: 'Action',
              cell: ({ id, subject }: (typeof certificates)[number]) =>
                postForm({
                  action: `${path}/certificates/${id}/remove`,
                  token,
                  button: 'Remove',
                  look: 'danger',
                  describes: `certificate ${subject}`,
                }),
            },
          ]
        : []),
    ],
    certificates,
    'No certificates.',
  )}
${
  editable
    ? html`${postForm({
        action: `${path}/certificates`,
        token,
        button: 'Add Certificate',
        fields: areaField({ name: 'certificate', label: 'Certificate (PEM)', required: true }),
      })}
${postForm({
  action: `${path}/certificates/generate`,
  token,
  button: 'Generate .p12 File',
  fields: html`<div class="pair">${textField({ name: 'commonName', label: 'Common Name', required: true })}
${textField({
  name: 'filePassword',
  label: 'Password of the File',
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  hint: 'The file with the private key is downloaded this once.',
})}</div>`,
})}`
    : ''
}`;
}

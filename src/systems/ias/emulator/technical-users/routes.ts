import { unlockClient } from '../clients.ts';
import { withCertificate, withoutCertificate, withoutSecret, withSecret } from '../console/client-credentials.ts';
import { generateFor, p12Response } from '../console/generated-certificate.ts';
import { lifetimeOf } from '../console/secret-lifetime.ts';
import type { ConsolePages, ConsoleVisit, Show } from '../console/visit.ts';
import type { StoredTechnicalUser } from '../store.ts';
import { seeOther } from '../web/visits.ts';
import {
  newTechnicalUserPage,
  pathOf,
  TECHNICAL_USERS_PATH,
  technicalUserDataOf,
  technicalUserPage,
  technicalUsersPage,
} from './pages.ts';
import {
  changeTechnicalUser,
  createTechnicalUser,
  deleteTechnicalUser,
  editTechnicalUser,
  technicalUserById,
} from './technical-users.ts';

const userOf = ({ services, tenant, param }: ConsoleVisit) => technicalUserById(services, tenant, param('id'));
const detail: Show = (visit, problem) => technicalUserPage(visit, userOf(visit), problem);

/** The tile Technical Users (ias 2c4bcb9, 14b36c2). */
export function technicalUserRoutes({ page, form }: ConsolePages): void {
  page('/technical-users', 'read technical users', technicalUsersPage);
  page('/technical-users/new', 'create technical users', newTechnicalUserPage);
  form(
    '/technical-users/new',
    'create technical users',
    ({ services, tenant, principal, fields }) => {
      const user = createTechnicalUser(services, tenant, principal.actor, technicalUserDataOf(fields));
      return seeOther(`${pathOf(user)}?done=technical-user`);
    },
    newTechnicalUserPage,
  );
  page('/technical-users/:id', 'read technical users', (visit) => detail(visit));
  form(
    '/technical-users/:id',
    'change technical users',
    (visit) => {
      const { services, tenant, principal, fields } = visit;
      const user = userOf(visit);
      editTechnicalUser(services, tenant, principal.actor, user, technicalUserDataOf(fields));
      return seeOther(`${pathOf(user)}?done=saved`);
    },
    detail,
  );
  form(
    '/technical-users/:id/delete',
    'delete technical users',
    (visit) => {
      deleteTechnicalUser(visit.services, visit.tenant, visit.principal.actor, userOf(visit));
      return seeOther(`${TECHNICAL_USERS_PATH}?done=deleted`);
    },
    detail,
  );

  const change = (
    path: string,
    done: string,
    changed: (user: StoredTechnicalUser, visit: ConsoleVisit) => StoredTechnicalUser,
  ) =>
    form(
      `/technical-users/:id/${path}`,
      'change technical users',
      (visit) => {
        const { services, tenant, principal } = visit;
        const user = userOf(visit);
        changeTechnicalUser(services, tenant, principal.actor, user, changed(user, visit));
        return seeOther(`${pathOf(user)}?done=${done}`);
      },
      detail,
    );
  change('activate', 'activated', (user) => ({ ...user, active: true }));
  change('deactivate', 'deactivated', (user) => ({ ...user, active: false }));
  change('locking', 'saved', (user) => ({ ...user, allowLocking: !(user.allowLocking ?? false) }));
  change('unlock', 'unlocked', (user, { services, tenant }) => {
    unlockClient(services, tenant, user.clientId);
    return user;
  });
  change('secrets/:secret/remove', 'removed', (user, { param }) => withoutSecret(user, param('secret')));
  change('certificates', 'added', (user, { services, tenant, fields }) =>
    withCertificate(services, tenant, user, fields.get('certificate') ?? ''),
  );
  change('certificates/:certificate/remove', 'removed', (user, { param }) =>
    withoutCertificate(user, param('certificate')),
  );

  form(
    '/technical-users/:id/certificates/generate',
    'change technical users',
    async (visit) => {
      const { services, tenant, principal } = visit;
      const { certificatePem, p12 } = await generateFor(visit);
      const user = userOf(visit);
      const changed = withCertificate(services, tenant, user, certificatePem);
      changeTechnicalUser(services, tenant, principal.actor, user, changed);
      return p12Response(p12);
    },
    detail,
  );
  form(
    '/technical-users/:id/secrets',
    'change technical users',
    (visit) => {
      const { services, tenant, principal, fields } = visit;
      const user = userOf(visit);
      const { client, text } = withSecret(services, user, fields.get('description') ?? '', lifetimeOf(fields));
      changeTechnicalUser(services, tenant, principal.actor, user, client);
      return technicalUserPage({ ...visit, fields: new URLSearchParams() }, client, undefined, text);
    },
    detail,
  );
}

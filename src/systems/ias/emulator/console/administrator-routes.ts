import { unlockClient } from '../clients.ts';
import { MAX_SECRETS_OF_SYSTEM } from '../secrets.ts';
import type { StoredAdministrator } from '../store.ts';
import { seeOther } from '../web/visits.ts';
import {
  ADMINISTRATORS_PATH,
  administratorsPage,
  humanPage,
  newHumanPage,
  newSystemPage,
  permissionsOf,
  systemPage,
  systemPathOf,
  systemPermissionsOf,
  userPathOf,
} from './administrator-pages.ts';
import {
  addHumanAdministrator,
  addSystem,
  changeSystem,
  dropHumanAdministrator,
  dropSystem,
  humanAdministratorById,
  setPermissions,
  systemById,
} from './administrators.ts';
import { withCertificate, withoutCertificate, withoutSecret, withSecret } from './client-credentials.ts';
import { generateFor, p12Response } from './generated-certificate.ts';
import { lifetimeOf } from './secret-lifetime.ts';
import type { ConsolePages, ConsoleVisit, Show } from './visit.ts';

const NEEDED = 'manage administrators';

const humanOf = ({ services, tenant, param }: ConsoleVisit) => humanAdministratorById(services, tenant, param('id'));
const human: Show = (visit, problem) => humanPage(visit, humanOf(visit), problem);
const systemOf = ({ services, tenant, param }: ConsoleVisit) => systemById(services, tenant, param('id'));
const system: Show = (visit, problem) => systemPage(visit, systemOf(visit), problem);

/** Persons and systems as administrators (ias 86ee374, 5be5692). */
export function administratorRoutes(pages: ConsolePages): void {
  pages.page('/administrators', NEEDED, administratorsPage);
  humanRoutes(pages);
  systemRoutes(pages);
}

function humanRoutes({ page, form }: ConsolePages): void {
  page('/administrators/users/new', NEEDED, newHumanPage);
  form(
    '/administrators/users/new',
    NEEDED,
    ({ services, tenant, principal, fields }) => {
      const identifier = fields.get('identifier') ?? '';
      const added = addHumanAdministrator(services, tenant, principal.actor, identifier, permissionsOf(fields));
      return seeOther(`${userPathOf(added)}?done=added`);
    },
    newHumanPage,
  );
  page('/administrators/users/:id', NEEDED, (visit) => human(visit));
  form(
    '/administrators/users/:id/permissions',
    NEEDED,
    (visit) => {
      const administrator = humanOf(visit);
      const { services, tenant, principal, fields } = visit;
      setPermissions(services, tenant, principal.actor, administrator, permissionsOf(fields));
      return seeOther(`${userPathOf(administrator)}?done=saved`);
    },
    human,
  );
  form(
    '/administrators/users/:id/remove',
    NEEDED,
    (visit) => {
      dropHumanAdministrator(visit.services, visit.tenant, visit.principal.actor, humanOf(visit));
      return seeOther(`${ADMINISTRATORS_PATH}?done=removed`);
    },
    human,
  );
}

function systemRoutes({ page, form }: ConsolePages): void {
  page('/administrators/systems/new', NEEDED, newSystemPage);
  form(
    '/administrators/systems/new',
    NEEDED,
    ({ services, tenant, principal, fields }) => {
      const added = addSystem(services, tenant, principal.actor, fields.get('name') ?? '', systemPermissionsOf(fields));
      return seeOther(`${systemPathOf(added)}?done=added`);
    },
    newSystemPage,
  );
  page('/administrators/systems/:id', NEEDED, (visit) => system(visit));
  form(
    '/administrators/systems/:id/remove',
    NEEDED,
    (visit) => {
      dropSystem(visit.services, visit.tenant, visit.principal.actor, systemOf(visit));
      return seeOther(`${ADMINISTRATORS_PATH}?done=deleted`);
    },
    system,
  );
  form(
    '/administrators/systems/:id/secrets',
    NEEDED,
    (visit) => {
      const { services, tenant, principal, fields } = visit;
      const before = systemOf(visit);
      const { client, text } = withSecret(
        services,
        before,
        fields.get('description') ?? '',
        lifetimeOf(fields),
        MAX_SECRETS_OF_SYSTEM,
      );
      changeSystem(services, tenant, principal.actor, before, client);
      return systemPage(visit, client, undefined, text);
    },
    system,
  );

  form(
    '/administrators/systems/:id/certificates/generate',
    NEEDED,
    async (visit) => {
      const { services, tenant, principal } = visit;
      const { certificatePem, p12 } = await generateFor(visit);
      const before = systemOf(visit);
      const changed = withCertificate(services, tenant, before, certificatePem);
      changeSystem(services, tenant, principal.actor, before, changed);
      return p12Response(p12);
    },
    system,
  );

  const change = (
    path: string,
    done: string,
    changed: (system: StoredAdministrator, visit: ConsoleVisit) => StoredAdministrator,
  ) =>
    form(
      `/administrators/systems/:id/${path}`,
      NEEDED,
      (visit) => {
        const before = systemOf(visit);
        changeSystem(visit.services, visit.tenant, visit.principal.actor, before, changed(before, visit));
        return seeOther(`${systemPathOf(before)}?done=${done}`);
      },
      system,
    );
  change('name', 'saved', (one, { fields }) => ({ ...one, name: fields.get('name') ?? '' }));
  change('permissions', 'saved', (one, { fields }) => ({ ...one, permissions: systemPermissionsOf(fields) }));
  change('locking', 'saved', (one) => ({ ...one, allowLocking: !(one.allowLocking ?? true) }));
  change('unlock', 'unlocked', (one, { services, tenant }) => {
    unlockClient(services, tenant, one.clientId);
    return one;
  });
  change('secrets/:secret/remove', 'removed', (one, { param }) => withoutSecret(one, param('secret')));
  change('certificates', 'added', (one, { services, tenant, fields }) =>
    withCertificate(services, tenant, one, fields.get('certificate') ?? ''),
  );
  change('certificates/:certificate/remove', 'removed', (one, { param }) =>
    withoutCertificate(one, param('certificate')),
  );
}

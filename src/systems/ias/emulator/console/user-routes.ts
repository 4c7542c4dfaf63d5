import { namesOf } from '../user-names.ts';
import { userById } from '../users.ts';
import { seeOther } from '../web/visits.ts';
import { Refusal } from './refusal.ts';
import { newUserPage, pathOf, USERS_PATH, userDataOf, userPage, usersPage } from './user-pages.ts';
import { ACTIVATIONS, addUser, isAdministrator, userAdministration } from './users.ts';
import type { ConsolePages, ConsoleVisit, Show } from './visit.ts';

const userOf = ({ services, tenant, param }: ConsoleVisit) => userById(services.store, tenant, param('id'));

const detail: Show = (visit, problem) => userPage(visit, userOf(visit), problem);

function administrationOf(visit: ConsoleVisit) {
  return userAdministration(visit.services, visit.tenant, visit.principal.actor, userOf(visit));
}

export function userRoutes({ page, form }: ConsolePages): void {
  page('/users', 'read users', usersPage);

  page('/users/new', 'create users', newUserPage);
  form(
    '/users/new',
    'create users',
    async (visit) => {
      const { services, tenant, principal, fields } = visit;
      const activation = ACTIVATIONS.find((one) => one === fields.get('activation'));
      if (!activation) throw new Refusal('Choose how the account is activated.');
      if (activation === 'initial-password' && !visit.may('set initial passwords')) {
        throw new Refusal('Setting initial passwords needs Manage Tenant Configuration, too.');
      }
      const data = userDataOf(fields);
      const { user, password } = await addUser(services, tenant, principal.actor, data, activation);
      if (password === undefined) return seeOther(`${pathOf(user)}?done=created`);
      return userPage(withoutForm(visit), user, undefined, password);
    },
    newUserPage,
  );

  page('/users/:id', 'read users', (visit) => detail(visit));
  form(
    '/users/:id',
    'change users',
    async (visit) => {
      const user = userOf(visit);
      const data = userDataOf(visit.fields);
      const newMail = namesOf(user.resource).emails[0] !== data.email;
      const guarded = newMail && isAdministrator(visit.services, visit.tenant, user);
      if (guarded && !visit.may('change mails of administrators')) {
        throw new Refusal('The e-mail of an administrator needs Manage Tenant Configuration, too.');
      }
      await administrationOf(visit).edit(data);
      return seeOther(`${pathOf(user)}?done=saved`);
    },
    detail,
  );

  const action = (name: string, done: string, act: (visit: ConsoleVisit) => Promise<void> | void) =>
    form(
      `/users/:id/${name}`,
      'change users',
      async (visit) => {
        await act(visit);
        return seeOther(`${USERS_PATH}/${visit.param('id')}?done=${done}`);
      },
      detail,
    );
  action('verify', 'verified', (visit) => administrationOf(visit).verifyMail());
  action('activate', 'activated', (visit) => administrationOf(visit).activate());
  action('deactivate', 'deactivated', (visit) => administrationOf(visit).deactivate());
  action('unlock', 'unlocked', (visit) => administrationOf(visit).unlock());
  action('mail-counter', 'counter', (visit) => administrationOf(visit).resetMailCounter());
  action('passcodes', 'unlocked', (visit) => administrationOf(visit).unlockPasscodes());
  action('device', 'device', (visit) => administrationOf(visit).removeDevice());

  form(
    '/users/:id/mail',
    'change users',
    (visit) => {
      const sent = administrationOf(visit).sendMail();
      return seeOther(`${USERS_PATH}/${visit.param('id')}?done=${sent ? 'mailed' : 'limited'}`);
    },
    detail,
  );
  form(
    '/users/:id/initial-password',
    'set initial passwords',
    async (visit) => {
      const password = await administrationOf(visit).setInitialPassword();
      return userPage(visit, userOf(visit), undefined, password);
    },
    detail,
  );
  form(
    '/users/:id/delete',
    'delete users',
    (visit) => {
      administrationOf(visit).delete();
      return seeOther(`${USERS_PATH}?done=deleted`);
    },
    detail,
  );
}

/** The user is created: the page about it shows the user, not what the form said. */
function withoutForm(visit: ConsoleVisit): ConsoleVisit {
  return { ...visit, fields: new URLSearchParams() };
}

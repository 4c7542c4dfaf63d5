import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { groupsOf } from '../groups.ts';
import { changed } from '../page-routes.ts';
import { PROFILE_PATH } from '../pages.ts';
import { ENTERPRISE, policyOf, policyText, stronger } from '../policies.ts';
import { universalIdSection } from '../sap-id/pages.ts';
import { accountsOf, universalIdOfAccount } from '../sap-id/universal-id.ts';
import type { Services } from '../services.ts';
import { promoteSession } from '../sessions.ts';
import type { StoredUser, Tenant } from '../store.ts';
import { totpStep, totpUri } from '../totp.ts';
import { nameOf, namesOf, userIdOf } from '../user-names.ts';
import type { Html, Message } from '../web/document.ts';
import { seeOther } from '../web/visits.ts';
import { when } from '../web/when.ts';
import { devicePage, enrolmentPage, type ProfileData, passwordPage, profilePage } from './pages.ts';
import { PASSWORD_PATH, TOTP_PATH } from './paths.ts';
import { confirmSecret, pendingSecret, removeSecret } from './totp-enrolment.ts';
import { type ProfileVisit, profileVisits } from './visit.ts';

/** What a redirect after a form tells, by the value of `done`. */
const DONE: Readonly<Record<string, string>> = {
  password: 'Your password has been changed.',
  totp: 'The authenticator app is active.',
  removed: 'The authenticator app has been removed.',
  universal: 'Your Universal ID is active.',
};

/** The User Profile. The path of the page is assumed, those below it too; what a user can do there is ias 93807cf, 12b3395. */
export function profileRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  const { visit, show, frame, keep } = profileVisits(services);

  app.get(
    PROFILE_PATH,
    visit((at, c) => {
      const done = DONE[c.req.query('done') ?? ''];
      const message = done === undefined ? undefined : ({ kind: 'good', text: done } as const);
      return show(at, profilePage(frame(at, message), dataOf(services, at)));
    }),
  );

  const policyOfVisit = ({ tenant, user }: ProfileVisit) =>
    policyText(stronger(policyOf(tenant, user.password?.policy), policyOf(tenant, ENTERPRISE.uri)));
  app.get(
    PASSWORD_PATH,
    visit((at) => show(at, passwordPage(frame(at), policyOfVisit(at)))),
  );
  app.post(
    PASSWORD_PATH,
    visit(async (at) => {
      const { tenant, user, session, fields } = at;
      const problem = await changed(services, tenant, user, fields);
      if (problem !== undefined) return show(at, passwordPage(frame(at, bad(problem)), policyOfVisit(at)));
      return seeOther(`${PROFILE_PATH}?done=password`, promoteSession(services, session, { user: user.id }));
    }),
  );

  const totpPage = (at: ProfileVisit, message?: Message) => {
    const { tenant, user } = at;
    if (user.totp) return show(at, devicePage(frame(at, message), when(user.totp.confirmedAt)));
    const secret = pendingSecret(services, user);
    return show(at, enrolmentPage(frame(at, message), secret, totpUri(secret, tenant.host, nameOf(user))));
  };
  app.get(
    TOTP_PATH,
    visit((at) => totpPage(at)),
  );
  app.post(
    TOTP_PATH,
    visit((at) => {
      const enrolled = confirmSecret(services, at.tenant, at.user, passcodeOf(at));
      if (!enrolled) return totpPage(at, bad('The passcode is wrong'));
      keep(at, enrolled);
      return seeOther(`${PROFILE_PATH}?done=totp`);
    }),
  );
  app.post(
    `${TOTP_PATH}/remove`,
    visit((at) => {
      const { user } = at;
      const right = user.totp && totpStep(user.totp.secret, passcodeOf(at), services.ctx.now()) !== undefined;
      if (!right) return totpPage(at, bad('The passcode is wrong'));
      keep(at, removeSecret(services, user));
      return seeOther(`${PROFILE_PATH}?done=removed`);
    }),
  );
  return app;
}

function bad(text: string): Message {
  return { kind: 'bad', text };
}

function passcodeOf({ fields }: ProfileVisit): string {
  return (fields.get('passcode') ?? '').replaceAll(' ', '');
}

function dataOf(services: Services, { tenant, user }: ProfileVisit): ProfileData {
  const { store } = services;
  const { resource, password, totp } = user;
  const { userName, emails } = namesOf(resource);
  const name = isObject(resource.name) ? resource.name : {};
  const extension = resource[IAS_SCHEMA.sap];
  const verified = isObject(extension) && extension.mailVerified === true;
  const groups = groupsOf(store, tenant, user.id).map((group) => group.display);
  const facts: [string, string][] = [
    ['Name', [name.givenName, name.familyName].filter((part) => typeof part === 'string').join(' ')],
    ['Login Name', userName],
    ['E-Mail', emails.join(', ') + (emails.length > 0 && !verified ? ' (not verified)' : '')],
    ['User ID', userIdOf(resource)],
    ['User Type', typeof resource.userType === 'string' ? resource.userType : ''],
    // The SAP ID service has none.
    ...(tenant.kind === 'sap-id' ? [] : [['Groups', groups.join(', ')] as [string, string]]),
  ];
  const passwordFacts: [string, string][] = password
    ? [
        ['Set', when(password.setAt)],
        ['Policy', policyOf(tenant, password.policy).name],
      ]
    : [['Status', 'No password']];
  return {
    facts: facts.map(([label, value]) => [label, value === '' ? '-' : value] as const),
    passwordFacts,
    changeable: password?.hash !== undefined,
    secondFactor: totp !== undefined,
    ...(tenant.kind === 'sap-id' ? { more: universalIdPart(services, tenant, user) } : {}),
  };
}

function universalIdPart(services: Services, tenant: Tenant, user: StoredUser): Html {
  const universal = universalIdOfAccount(services, tenant, user);
  const accounts = universal ? accountsOf(services, universal) : [];
  return universalIdSection(
    universal?.email,
    accounts.map((one) => userIdOf(one.resource)),
  );
}

import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { recordUserChange } from '../change-log.ts';
import { groupsOf } from '../groups.ts';
import { tenantOf } from '../hosts.ts';
import { changed } from '../page-routes.ts';
import { PROFILE_PATH } from '../pages.ts';
import { stickPolicy } from '../passwords.ts';
import { ENTERPRISE, policyOf, policyText, stronger } from '../policies.ts';
import { scimTime } from '../resource.ts';
import type { Services } from '../services.ts';
import { promoteSession } from '../sessions.ts';
import { signInResponse } from '../sign-in.ts';
import { keyIn, nameOf, namesOf, type Session, type StoredUser, type Tenant, userIdOf } from '../store.ts';
import { totpStep, totpUri } from '../totp.ts';
import type { Html, Message } from '../web/document.ts';
import { type Call, pageResponse, seeOther, sessionAt, signedIn, submissionOf } from '../web/visits.ts';
import { devicePage, enrolmentPage, type ProfileFrame, passwordPage, profilePage } from './pages.ts';
import { PASSWORD_PATH, TOTP_PATH } from './paths.ts';
import { confirmSecret, pendingSecret, removeSecret } from './totp-enrolment.ts';

/** What a redirect after a form tells, by the value of `done`. */
const DONE: Readonly<Record<string, string>> = {
  password: 'Your password has been changed.',
  totp: 'The authenticator app is active.',
  removed: 'The authenticator app has been removed.',
};

interface Visit {
  readonly tenant: Tenant;
  readonly session: Session;
  readonly user: StoredUser;
  readonly fields: URLSearchParams;
}

/** The User Profile. The path of the page is assumed, those below it too; what a user can do there is ias 93807cf, 12b3395. */
export function profileRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  /** For who signed in; everybody else signs in first. Forms must bring the session's token. */
  const visit = (act: (visit: Visit, c: Call) => Promise<Response> | Response) => async (c: Call) => {
    const tenant = tenantOf(services, c);
    const form = c.req.method === 'POST' ? await submissionOf(services, c, tenant) : undefined;
    const session = form?.session ?? (c.req.method === 'GET' ? sessionAt(services, c, tenant) : undefined);
    const found = signedIn(services, tenant, session);
    const target = new URL(c.req.url).pathname;
    if (!session || !found) return signInResponse(services, tenant, c.req.method === 'GET' ? { target } : {});
    const user = stickPolicy(services, tenant, found, policyOf(tenant, ENTERPRISE.uri));
    return act({ tenant, session, user, fields: form?.fields ?? new URLSearchParams() }, c);
  };
  const show = ({ session }: Visit, page: Html) => pageResponse(page, { session });
  const keep = ({ tenant, user }: Visit, after: StoredUser) =>
    recordUserChange(services, tenant, actorOf(user), user, after);

  app.get(
    PROFILE_PATH,
    visit((at, c) => {
      const done = DONE[c.req.query('done') ?? ''];
      const message = done === undefined ? undefined : ({ kind: 'good', text: done } as const);
      return show(at, profilePage(frame(at, message), dataOf(services, at)));
    }),
  );

  const policyOfVisit = ({ tenant, user }: Visit) =>
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
      const after = services.store.users.get(keyIn(tenant.id, user.id));
      if (after) keep(at, after);
      return seeOther(`${PROFILE_PATH}?done=password`, promoteSession(services, session, { user: user.id }));
    }),
  );

  const totpPage = (at: Visit, message?: Message) => {
    const { tenant, user } = at;
    if (user.totp) return show(at, devicePage(frame(at, message), scimTime(user.totp.confirmedAt)));
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

function frame({ tenant, session, user }: Visit, message?: Message): ProfileFrame {
  return { host: tenant.host, token: session.token, name: nameOf(user), message };
}

function bad(text: string): Message {
  return { kind: 'bad', text };
}

function passcodeOf({ fields }: Visit): string {
  return (fields.get('passcode') ?? '').replaceAll(' ', '');
}

function actorOf(user: StoredUser) {
  return { kind: 'user', id: user.id, name: nameOf(user) } as const;
}

function dataOf({ store }: Services, { tenant, user }: Visit) {
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
    ['Groups', groups.join(', ')],
  ];
  const passwordFacts: [string, string][] = password
    ? [
        ['Set', scimTime(password.setAt)],
        ['Policy', policyOf(tenant, password.policy).name],
      ]
    : [['Status', 'No password']];
  return {
    facts: facts.map(([label, value]) => [label, value === '' ? '-' : value] as const),
    passwordFacts,
    secondFactor: totp !== undefined,
  };
}

import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { ScimError } from '../../../protocols/scim/emulator/errors.ts';
import { Refusal } from '../console/refusal.ts';
import { tenantOf } from '../hosts.ts';
import { keepLogon } from '../kept-logons.ts';
import { PROFILE_PATH, REGISTRATION_PATH } from '../pages.ts';
import { policyText, STANDARD } from '../policies.ts';
import { profileVisits } from '../profile/visit.ts';
import type { Services } from '../services.ts';
import { openSession, promoteSession } from '../sessions.ts';
import { TARGET_FIELD } from '../sign-in/pages.ts';
import { localTarget } from '../sign-in/target.ts';
import { signInResponse } from '../sign-in.ts';
import type { Tenant } from '../store.ts';
import { namesOf } from '../user-names.ts';
import type { Message } from '../web/document.ts';
import { type Call, pageResponse, seeOther, sessionAt, submissionOf } from '../web/visits.ts';
import {
  ACCOUNT_PASSWORD_PATH,
  ACCOUNT_PATH,
  accountPasswordPage,
  CONVERSION_PATH,
  conversionPage,
  registeredPage,
  registrationPage,
} from './pages.ts';
import { register } from './registration.ts';
import { accountChoice } from './sign-in.ts';
import { accountsOf, createUniversalId, setAccountPassword, universalIdOf } from './universal-id.ts';

const POLICY = policyText(STANDARD);

/** What only the SAP ID service has for people: registration, and Universal IDs (btp e241b30, 7a37d66). Their pages and paths are ours (assumed). */
export function sapIdRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });
  for (const path of [REGISTRATION_PATH, ACCOUNT_PATH, CONVERSION_PATH, ACCOUNT_PASSWORD_PATH]) {
    app.use(path, async (c, next) => (tenantOf(services, c).kind === 'sap-id' ? next() : c.text('Not found', 404)));
  }

  const registration = (c: Call, tenant: Tenant, fields: URLSearchParams, message?: Message) => {
    const session = sessionAt(services, c, tenant) ?? openSession(services, tenant);
    const page = registrationPage({
      host: tenant.host,
      token: session.token,
      message,
      data: dataOf(fields),
      policy: POLICY,
    });
    return pageResponse(page, { session, status: message ? 400 : 200 });
  };
  app.get(REGISTRATION_PATH, (c) => registration(c, tenantOf(services, c), new URLSearchParams()));
  app.post(REGISTRATION_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    const fields = form?.fields ?? new URLSearchParams();
    if (!form) return registration(c, tenant, fields, bad('Your session has expired. Try again.'));
    const data = dataOf(fields);
    const problem = await attempt(async () => {
      await register(services, tenant, { ...data, password: newPasswordOf(fields) });
    });
    if (problem !== undefined) return registration(c, tenant, fields, bad(problem));
    return pageResponse(registeredPage(tenant.host, data.email));
  });

  app.post(ACCOUNT_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    const email = form?.session.universal;
    const universal = email === undefined ? undefined : universalIdOf(services, tenant, email);
    const target = localTarget(form?.fields.get(TARGET_FIELD));
    if (!form || !universal)
      return signInResponse(services, tenant, { target, problem: 'Your session has expired. Try again.' });
    const user = accountsOf(services, universal).find((one) => one.id === form.fields.get('account'));
    if (!user) return accountChoice(services, tenant, form.session, universal, target);
    keepLogon(services, tenant, user.id);
    return seeOther(target, promoteSession(services, form.session, { user: user.id }));
  });

  const { visit, frame, show, keep } = profileVisits(services);
  app.get(
    CONVERSION_PATH,
    visit((at) => show(at, conversionPage(frame(at), POLICY))),
  );
  app.post(
    CONVERSION_PATH,
    visit(async (at) => {
      const email = namesOf(at.user.resource).emails[0] ?? '';
      const problem = await attempt(async () => {
        await createUniversalId(services, at.tenant, email, newPasswordOf(at.fields));
      });
      if (problem !== undefined) return show(at, conversionPage(frame(at, bad(problem)), POLICY));
      return seeOther(`${PROFILE_PATH}?done=universal`);
    }),
  );
  app.get(
    ACCOUNT_PASSWORD_PATH,
    visit((at) => show(at, accountPasswordPage(frame(at), POLICY))),
  );
  app.post(
    ACCOUNT_PASSWORD_PATH,
    visit(async (at) => {
      const problem = await attempt(async () => {
        const proof = at.fields.get('currentPassword') ?? '';
        keep(at, await setAccountPassword(services, at.tenant, at.user, proof, newPasswordOf(at.fields)));
      });
      if (problem !== undefined) return show(at, accountPasswordPage(frame(at, bad(problem)), POLICY));
      return seeOther(`${PROFILE_PATH}?done=password`);
    }),
  );
  return app;
}

/** Why something is refused; undefined when it is done. */
async function attempt(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal || error instanceof ScimError) return error.message;
    throw error;
  }
}

function newPasswordOf(fields: URLSearchParams): string {
  const password = fields.get('newPassword') ?? '';
  if (password !== fields.get('newPasswordConfirm')) throw new Refusal('The passwords differ');
  return password;
}

function dataOf(fields: URLSearchParams) {
  const text = (name: string) => (fields.get(name) ?? '').trim();
  return { givenName: text('givenName'), familyName: text('familyName'), email: text('email') };
}

function bad(text: string): Message {
  return { kind: 'bad', text };
}

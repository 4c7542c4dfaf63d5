import { Hono, type Context as HonoContext } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { readTokenRequest } from '../../../protocols/oauth/emulator.ts';
import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { MESSAGE_CODE_HEADER, type MessageCode } from '../../wire.ts';
import { OAuthError } from '../errors.ts';
import { tenantOf } from '../hosts.ts';
import { logOn } from '../logon.ts';
import { userByIdentifier } from '../logon-identifiers.ts';
import type { Services } from '../services.ts';
import type { StoredUser } from '../store.ts';
import { namesOf, userIdOf } from '../user-names.ts';
import { isActive } from '../user-status.ts';
import { authenticate } from './client-authentication.ts';
import { logonSource, originOf } from './conditions.ts';
import { createPasscode, PASSCODE_SECONDS } from './passcodes.ts';
import { demandedAction } from './risk.ts';
import { takeCode } from './second-factor.ts';
import { userByCertificate } from './user-certificates.ts';

type Call = HonoContext<HostEnv>;

const otpRequest = z.object({ userName: z.string(), otpCode: z.string() });

/** `/service/users/*`: passwords, codes and passcodes of users, checked for programs. */
export function userServiceRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  // ias 8d1016b: Basic with user name and password; the reason of a refusal stands in X-message-code.
  app.post('/service/users/password', async (c) => {
    const tenant = tenantOf(services, c);
    const header = /^basic (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const text = Buffer.from(header ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return unauthorized(c);
    const logon = originOf(c.req.raw);
    // Which policy it applies is not documented; none is assumed, so that it leaves the user's policy alone.
    const outcome = await logOn(services, tenant, text.slice(0, colon), text.slice(colon + 1), undefined, {
      from: logonSource(c.req.raw, 'Password service'),
      action(user, method) {
        const action = demandedAction(services, tenant, undefined, { user, method, logon });
        // "Two-factor authentication with TOTP is enabled": whoever has a device must use it (assumed).
        return action === 'allow' && user.totp ? 'two-factor' : action;
      },
    });
    return outcome.ok ? c.json(answerOf(outcome.user)) : unauthorized(c, outcome.code);
  });

  // ias 3e4c3cf: an application asks, with its own credentials.
  app.post('/service/users/otp', async (c) => {
    const tenant = tenantOf(services, c);
    try {
      const copy = c.req.raw.clone();
      await authenticate(services, tenant, copy, await readTokenRequest(copy));
    } catch (error) {
      if (error instanceof OAuthError) return unauthorized(c, 'BAD_CREDENTIALS');
      throw error;
    }
    const asked = otpRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!asked.success) return c.body(null, 400);
    const user = userByIdentifier(services, tenant, asked.data.userName);
    if (!user || !isActive(services, tenant, { kind: 'user', id: user.id })) return unauthorized(c, 'BAD_CREDENTIALS');
    const wrong = takeCode(services, tenant, user, asked.data.otpCode);
    return wrong === undefined ? c.body(null, 200) : unauthorized(c, wrong);
  });

  // Read from SAP/terraform-provider-btp; what happens without a certificate that names a user is assumed.
  app.get('/service/users/passcode', async (c) => {
    const tenant = tenantOf(services, c);
    const user = await userByCertificate(services, tenant, c.req.raw);
    if (!user || !isActive(services, tenant, { kind: 'user', id: user.id })) return unauthorized(c);
    return c.json({ passcode: createPasscode(services, tenant, user), expires_in: PASSCODE_SECONDS }, 200, {
      'cache-control': 'no-store',
    });
  });
  return app;
}

function unauthorized(c: Call, code?: MessageCode): Response {
  return c.body(null, 401, {
    'www-authenticate': 'Basic',
    ...(code === undefined ? {} : { [MESSAGE_CODE_HEADER]: code }),
  });
}

function answerOf({ resource }: StoredUser) {
  const name = isObject(resource.name) ? resource.name : {};
  return {
    uid: userIdOf(resource),
    first_name: name.givenName ?? '',
    last_name: name.familyName ?? '',
    mail: namesOf(resource).emails[0] ?? '',
    type: resource.userType ?? '',
  };
}

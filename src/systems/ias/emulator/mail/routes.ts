import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { ScimError } from '../../../protocols/scim/emulator/errors.ts';
import { MESSAGE_CODE_HEADER } from '../../wire.ts';
import { authenticateClient } from '../clients.ts';
import { tenantOf } from '../hosts.ts';
import { FORGOT_PATH } from '../pages.ts';
import { policyOf, policyText } from '../policies.ts';
import { scimTime } from '../resource.ts';
import type { Services } from '../services.ts';
import { openSession } from '../sessions.ts';
import type { Tenant } from '../store.ts';
import { userIdOf } from '../user-names.ts';
import type { Message } from '../web/document.ts';
import { type Call, pageResponse, sessionAt, submissionOf } from '../web/visits.ts';
import { sendResetMails } from './forgotten-password.ts';
import { LINK_PATH, linkOf } from './links.ts';
import { mailsOf } from './mailbox.ts';
import {
  deadLinkPage,
  forgotPage,
  forgotSentPage,
  linkDonePage,
  linkPage,
  MAILBOX_PATH,
  mailboxPage,
} from './pages.ts';
import { needsPassword, redeemLink } from './redeemed-link.ts';

const forgotten = z.looseObject({ identifier: z.string() });

/**
 * The mailbox, forgotten passwords (ias 08f634b), and what the links in mails lead to, for 14 days or 2 hours (ias f8093f4). The
 * paths of the pages are assumed.
 */
export function mailRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  // Ours, not SAP's: mails have to arrive somewhere. Programs ask for JSON.
  app.get(MAILBOX_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const to = c.req.query('to') ?? '';
    const mails = mailsOf(services.store, tenant, to);
    if (c.req.header('accept')?.includes('application/json')) {
      const letters = mails.map(({ sentAt, subject, text, link, ...mail }) => {
        return { to: mail.to, sentAt: scimTime(sentAt), subject, text, ...(link === undefined ? {} : { link }) };
      });
      return c.json(letters, 200, { 'cache-control': 'no-store' });
    }
    return pageResponse(mailboxPage({ host: tenant.host, mails, to }));
  });

  const forgot = (c: Call, tenant: Tenant, message?: Message) => {
    const session = sessionAt(services, c, tenant) ?? openSession(services, tenant);
    return pageResponse(forgotPage({ host: tenant.host, token: session.token, message }), { session });
  };
  app.get(FORGOT_PATH, (c) => forgot(c, tenantOf(services, c)));
  app.post(FORGOT_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    if (!form) return forgot(c, tenant, { kind: 'bad', text: 'Your session has expired. Try again.' });
    // The page tells strangers nothing, whatever came of it.
    sendResetMails(services, tenant, form.fields.get('identifier') ?? '');
    return pageResponse(forgotSentPage(tenant.host));
  });

  // Who may call it is assumed: clients of the tenant, by Basic.
  app.post('/service/users/forgotPassword', async (c) => {
    const tenant = tenantOf(services, c);
    const text = Buffer.from((c.req.header('authorization') ?? '').replace(/^basic /i, ''), 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const client = colon > 0 && authenticateClient(services, tenant, text.slice(0, colon), text.slice(colon + 1));
    if (!client) return c.body(null, 401, { 'www-authenticate': 'Basic' });
    const body = forgotten.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.body(null, 400);
    const refusal = sendResetMails(services, tenant, body.data.identifier);
    return refusal === undefined ? c.body(null, 200) : c.body(null, 400, { [MESSAGE_CODE_HEADER]: refusal });
  });

  const link = (c: Call, tenant: Tenant, token: string, message?: Message) => {
    const found = linkOf(services, tenant, token);
    if (!found) return pageResponse(deadLinkPage(tenant.host), { status: 404 });
    const { user } = found;
    const session = sessionAt(services, c, tenant) ?? openSession(services, tenant);
    const page = linkPage({
      host: tenant.host,
      token: session.token,
      message,
      link: token,
      account: userIdOf(user.resource),
      purpose: found.link.purpose,
      policy: needsPassword(found.link, user) ? policyText(policyOf(tenant, user.password?.policy)) : undefined,
    });
    return pageResponse(page, { session });
  };
  app.get(LINK_PATH, (c) => link(c, tenantOf(services, c), c.req.query('token') ?? ''));
  app.post(LINK_PATH, async (c) => {
    const tenant = tenantOf(services, c);
    const form = await submissionOf(services, c, tenant);
    const token = form?.fields.get('token') ?? '';
    const found = linkOf(services, tenant, token);
    if (!form || !found) return link(c, tenant, token);
    const next = form.fields.get('newPassword') ?? '';
    if (next !== (form.fields.get('newPasswordConfirm') ?? '')) {
      return link(c, tenant, token, { kind: 'bad', text: 'The passwords differ' });
    }
    try {
      await redeemLink(services, tenant, found, next);
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      return link(c, tenant, token, { kind: 'bad', text: error.message });
    }
    return pageResponse(linkDonePage(tenant.host, userIdOf(found.user.resource), found.link.purpose));
  });
  return app;
}

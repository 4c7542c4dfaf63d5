import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { BTP_CLI_CALLBACK, browserLoginRequest } from '../wire.ts';
import { chosenProvider } from './identity-providers.ts';
import { admit, globalAccountOf, type LoginVerdict } from './logins.ts';
import { codeProof, type Proof } from './proof.ts';
import { plain, verdict } from './responses.ts';
import type { Sessions } from './sessions.ts';
import { speaksOurProtocol } from './versions.ts';

/** A login that somebody finishes in a browser, while a command line waits for it. */
interface BrowserLogin {
  readonly id: string;
  /** Tenant id or host of a custom identity provider; empty = the default one. */
  readonly customIdp: string;
  readonly verifier: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly ended?: { readonly host: string; readonly originKey: string; readonly proof: Proof };
}

/** assumed: how long the browser has. */
const LIFETIME_MS = 10 * 60_000;

const DONE = 'You are logged in. You can close this page and return to the command line.';
const FAILED = 'The login failed. Return to the command line and try again.';

/**
 * `btp login --sso` (notes §1.1, read in terraform-provider-btp; never recorded): the client asks for a login, sends the
 * browser to it, and its POST is answered when the browser is back.
 */
export function browserLoginRoutes(
  ctx: EmulatorContext,
  sessions: Sessions,
  answered: (outcome: LoginVerdict) => Response,
): Hono<HostEnv> {
  const logins = ctx.state.collection<BrowserLogin>('btp-cli/browser-logins');
  /** Command lines that wait, by login. */
  const waiting = new Map<string, Set<() => void>>();
  const app = new Hono<HostEnv>();

  const open = (id: string | undefined) => {
    const login = logins.get(id ?? '');
    if (login && ctx.now() >= login.expiresAt) logins.delete(login.id);
    return login && ctx.now() < login.expiresAt ? login : undefined;
  };

  function wake(id: string): void {
    for (const go of waiting.get(id) ?? []) go();
    waiting.delete(id);
  }

  /** Until the browser is back, or the command line hangs up. */
  function untilOver(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const all = waiting.get(id) ?? new Set();
      waiting.set(id, all.add(resolve));
      signal.addEventListener('abort', () => {
        all.delete(resolve);
        resolve();
      });
    });
  }

  const begin = (customIdp: string) => {
    const login = { id: ctx.id(), customIdp, verifier: Buffer.from(ctx.random(48)).toString('base64url') };
    logins.set(login.id, { ...login, expiresAt: ctx.now() + LIFETIME_MS });
    return plain(ctx, { loginId: login.id, subdomainRequired: false });
  };
  app.get('/login/:version/browser', (c) =>
    speaksOurProtocol(c.req.param('version')) ? begin('') : verdict(ctx, 412),
  );
  app.get('/login/:version/browser/idp/:idp', (c) =>
    speaksOurProtocol(c.req.param('version')) ? begin(c.req.param('idp')) : verdict(ctx, 412),
  );

  const depart = (id: string) => {
    const login = open(id);
    const provider = login && chosenProvider(ctx, undefined, login.customIdp);
    if (!login || !provider) return verdict(ctx, 404);
    const url = new URL(`https://${provider.host}/oauth2/authorize`);
    url.search = new URLSearchParams({
      client_id: provider.relyingPartyId,
      response_type: 'code',
      redirect_uri: BTP_CLI_CALLBACK,
      scope: 'openid email',
      state: login.id,
      code_challenge: createHash('sha256').update(login.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    return new Response(null, { status: 302, headers: { location: url.href } });
  };
  app.get('/login/:version/browser/:id', (c) => depart(c.req.param('id')));
  app.get('/login/:version/browser/:id/idp/:idp', (c) => depart(c.req.param('id')));

  app.get('/login/:version/browser/:id/cancel', (c) => {
    logins.delete(c.req.param('id'));
    wake(c.req.param('id'));
    return plain(ctx, {});
  });

  app.get(new URL(BTP_CLI_CALLBACK).pathname, async (c) => {
    const login = open(c.req.query('state'));
    const provider = login && chosenProvider(ctx, undefined, login.customIdp);
    if (!login || login.ended || !provider) return c.text(FAILED, 400);
    const code = c.req.query('code');
    const proof: Proof =
      code === undefined
        ? { status: 'refused' }
        : await codeProof(ctx, provider, { code, redirect_uri: BTP_CLI_CALLBACK, code_verifier: login.verifier });
    const { host, originKey } = provider;
    logins.set(login.id, { ...login, ended: { host, originKey, proof } });
    wake(login.id);
    return proof.status === 'accepted' ? c.text(DONE) : c.text(FAILED, 401);
  });

  app.post('/login/:version/browser/:id', async (c) => {
    if (!speaksOurProtocol(c.req.param('version'))) return verdict(ctx, 412);
    const body = browserLoginRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return verdict(ctx, 400);
    const id = c.req.param('id');
    const globalAccount = globalAccountOf(ctx, body.data.subdomain);
    if (body.data.subdomain !== '' && !globalAccount) return verdict(ctx, 404);
    const login = open(id);
    if (login && !login.ended) await untilOver(id, c.req.raw.signal);
    const { ended } = open(id) ?? {};
    // assumed: a login that is over, was called off, or ran out of time, is answered like a wrong password.
    if (!ended) return verdict(ctx, 401);
    logins.delete(id);
    return answered(admit(ctx, sessions, globalAccount, ended, ended.proof));
  });
  return app;
}

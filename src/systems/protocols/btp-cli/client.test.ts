import { expect, test } from 'vitest';
import { type Emulators, startEmulators } from '../../../emulation/compose.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import { accountsEmulator } from '../../accounts/emulator/index.ts';
import { authzEmulator } from '../../authz/emulator/index.ts';
import { iasEmulator } from '../../ias/emulator/index.ts';
import { trustEmulator } from '../../trust/emulator/index.ts';
import { btpSession, closeBtpSession, loginAs } from './client.ts';
import { btpCliEmulator } from './emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from './emulator/testing/acme.ts';
import { manifestOf, recorded, sliceContext } from './testing.ts';

const emulators = [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()];
const start = (switches: Readonly<Record<string, boolean>> = {}) =>
  startEmulators({ emulators, seed: acmeSeed, switches });
const listTrusts = { object: 'security/trust', action: 'list', parameters: { globalAccount: 'acme' } } as const;

function contextOn(landscape: Emulators, password = landscape.credentials.get('ADMIN_PASSWORD')) {
  const wire = recorded(landscape);
  return { ctx: sliceContext(wire, manifestOf([]), { ADMIN_PASSWORD: password }), calls: wire.calls };
}

/** Answers the n-th request that matches with something else. */
function faulty(
  landscape: Emulators,
  matches: string,
  answers: readonly (() => Response | Promise<Response>)[],
): Emulators {
  const left = [...answers];
  return {
    ...landscape,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const answer = request.url.includes(matches) ? left.shift() : undefined;
      return answer ? answer() : landscape.fetch(request);
    },
  };
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    new Response(null, { status: code, headers });

async function errorOf(work: Promise<unknown>): Promise<RemoteError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RemoteError)) throw new Error('expected a RemoteError', { cause: error });
  return error;
}

test('one login serves everybody, in parallel', async () => {
  const { ctx, calls } = contextOn(await start());
  const sessions = await Promise.all([btpSession(ctx), btpSession(ctx), btpSession(ctx)]);
  await Promise.all(sessions.map((session) => session.command(listTrusts)));
  expect(calls.filter((call) => call.startsWith('/login'))).toHaveLength(1);
  expect(sessions[0]).toMatchObject({ mail: ACME.administrator, issuer: 'accounts.sap.com' });
});

test('a refused administrator is tried once, however many slices ask', async () => {
  const { ctx, calls } = contextOn(await start(), 'wrong');
  const first = await errorOf(btpSession(ctx));
  const second = await errorOf(btpSession(ctx));
  expect(first).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', status: 401 });
  expect(second).toBe(first);
  expect(calls).toHaveLength(1);
});

test('an unknown global account is no matter of credentials', async () => {
  const landscape = await start();
  const secrets = { ADMIN_PASSWORD: landscape.credentials.get('ADMIN_PASSWORD') };
  const ctx = sliceContext(landscape, { ...manifestOf([]), globalAccount: 'nowhere' }, secrets);
  expect(await errorOf(btpSession(ctx))).toMatchObject({ code: 'ERR_REMOTE_NOT_FOUND', status: 404 });
});

test('an expired session is renewed once for all commands, and they are replayed', async () => {
  const landscape = await start();
  const { ctx, calls } = contextOn(landscape);
  const session = await btpSession(ctx);
  landscape.advance(12 * 60 * 60 * 1000);
  const results = await Promise.all([session.command(listTrusts), session.command(listTrusts)]);
  expect(results.map((result) => result.status)).toEqual([200, 200]);
  expect(calls.filter((call) => call.startsWith('/login'))).toHaveLength(2);
});

test('a subaccount that the session has not loaded is loaded after a bare 500', async () => {
  const landscape = await start({ 'btp-cli.requirePreload': true });
  const { ctx, calls } = contextOn(landscape);
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid;
  const session = await btpSession(ctx);
  const result = await session.command({ ...listTrusts, parameters: { subaccount } });
  expect(result.status).toBe(200);
  expect(calls.slice(1)).toEqual([
    '/command/v2.106.1/security/trust?list',
    '/client/v2.106.1/globalAccountHierarchyForNodes',
    '/command/v2.106.1/security/trust?list',
  ]);
});

test('waits out the 20-second timeouts of the login', async () => {
  const landscape = faulty(await start(), '/login/', [status(504), status(504)]);
  expect((await btpSession(contextOn(landscape).ctx)).mail).toBe(ACME.administrator);
});

test('a login without a session in its answer is a refusal', async () => {
  const landscape = faulty(await start(), '/login/', [() => Response.json({ issuer: 'accounts.sap.com', mail: '' })]);
  expect(await errorOf(btpSession(contextOn(landscape).ctx))).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS' });
});

test('an outdated protocol is told from everything else', async () => {
  const landscape = faulty(await start(), '/login/', [status(412)]);
  const error = await errorOf(btpSession(contextOn(landscape).ctx));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_REFUSED', status: 412 });
  expect(error.remedy).toContain('update Locum');
});

test('gives the code of the account service and the correlation id that was sent', async () => {
  const landscape = await start();
  const sent: (string | null)[] = [];
  const wire: Emulators = {
    ...landscape,
    fetch: (input, init) => {
      const request = new Request(input, init);
      sent.push(request.headers.get('x-correlationid'));
      return landscape.fetch(request);
    },
  };
  const session = await btpSession(contextOn(wire).ctx);
  const parameters = { globalAccount: 'acme', subaccount: '00000000-0000-0000-0000-000000000000' };
  const error = await errorOf(session.command({ object: 'accounts/subaccount', action: 'get', parameters }));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_NOT_FOUND', status: 404, serviceCode: '20004' });
  expect(error.correlationId).toBe(sent.at(-1));
  expect(error.message).not.toContain('not found [');
});

test('an unknown tenant is refused by the server itself, as forbidden', async () => {
  const session = await btpSession(contextOn(await start()).ctx);
  const parameters = { subaccount: '00000000-0000-0000-0000-000000000000' };
  const error = await errorOf(session.command({ ...listTrusts, parameters }));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_FORBIDDEN', status: 403 });
});

test('waits while the account service is busy: nothing was done', async () => {
  const busy = (code: string, backend: number) => () =>
    Response.json(
      { error: `locked [Error: ${code}/${backend}]` },
      { headers: { 'x-cpcli-backend-status': String(backend) } },
    );
  const landscape = faulty(await start(), '/security/trust?list', [busy('30004', 400), busy('11006', 429)]);
  const session = await btpSession(contextOn(landscape).ctx);
  expect((await session.command(listTrusts)).status).toBe(200);
});

test('never repeats a mutation whose reply was lost', async () => {
  const lost = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('socket hang up') }));
  const landscape = faulty(await start(), '?assign', [lost]);
  const { ctx, calls } = contextOn(landscape);
  const session = await btpSession(ctx);
  const parameters = {
    globalAccount: 'acme',
    roleCollectionName: 'Global Account Viewer',
    userName: ACME.robot,
    origin: ACME.originKey,
    createUserIfMissing: true,
  };
  const error = await errorOf(session.command({ object: 'security/role-collection', action: 'assign', parameters }));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_OUTCOME_UNKNOWN', outcome: 'unknown' });
  expect(error.correlationId).toBeDefined();
  expect(calls.filter((call) => call.endsWith('?assign'))).toHaveLength(1);
});

test('an answer without a status of the service behind is broken', async () => {
  const landscape = faulty(await start(), '/security/trust?list', [() => Response.json([])]);
  const session = await btpSession(contextOn(landscape).ctx);
  expect(await errorOf(session.command(listTrusts))).toMatchObject({ code: 'ERR_REMOTE_BROKEN' });
});

test('gives the session back at the end, and only then', async () => {
  const landscape = await start();
  const { ctx, calls } = contextOn(landscape);
  await closeBtpSession(ctx);
  expect(calls).toEqual([]);
  await btpSession(ctx);
  await closeBtpSession(ctx);
  await closeBtpSession(ctx);
  expect(calls.slice(1)).toEqual(['/logout/v2.106.1']);
  expect(landscape.state.collection('btp-cli/sessions').size).toBe(0);
});

test('a technical user without any right is told from one with a wrong password', async () => {
  const landscape = await start();
  const { ctx } = contextOn(landscape);
  const robot = (password: string | undefined) =>
    loginAs(ctx, { userName: ACME.robotLogin, password: new Secret(password ?? ''), identityProvider: ACME.host });
  expect(await robot('wrong')).toEqual({ status: 'refused', reason: 'status 401' });
  const error = await errorOf(robot(landscape.credentials.get('ROBOT_PASSWORD')));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_FORBIDDEN', status: 403 });
});

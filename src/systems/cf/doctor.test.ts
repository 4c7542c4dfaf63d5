import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { ADMIN, LOGIN, logInAt, ORIGIN, ROBOT, startTestLandscape } from './emulator/testing/landscape.ts';
import { devGrant, manifestOf, systemContext, technicalUser } from './emulator/testing/system-context.ts';
import { createWorkbench } from './emulator/testing/workbench.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);
const { make, doctor, subjectIn } = createWorkbench(cf);

async function start(manifest: Manifest = manifestOf([technicalUser([APP_DEVELOPER])])) {
  const emulators = await startTestLandscape();
  return { emulators, ctx: await systemContext(emulators, manifest) };
}

describe('doctor', () => {
  test('names another origin that got the role', async () => {
    const emulators = await startTestLandscape({
      cf: {
        orgs: [
          {
            name: 'acme-test',
            subaccount: 'test',
            globalAccount: 'acme',
            landscape: 'eu10-004',
            spaces: ['app'],
            roles: [
              { user: ADMIN, orgRoles: ['organization_manager'] },
              { user: ROBOT, origin: 'sap.ids' },
            ],
          },
        ],
      },
      double: { subaccounts: ['test'] },
    });
    const grant = { subaccounts: { names: ['test'] }, cf: { orgRoles: [], spaces: [] } };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])]));
    const hops = await cf.checks[0]?.run(await subjectIn(ctx, emulators, ['test']), ctx);
    expect(hops).toMatchObject([
      { status: 'failed', code: 'CF_ORIGIN_DIFFERS', because: expect.stringContaining('sap.ids') },
    ]);
  });

  test('sees that the token is good and the space is not there for it', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const admin = await logInAt(emulators, 'admin');
    const { body } = await admin.get('/v3/roles?types=space_developer');
    const { resources } = body as { resources: { guid: string }[] };
    await admin.send('DELETE', `/v3/roles/${resources[0]?.guid}`);
    const hops = await doctor(ctx, emulators);
    expect(hops.map(({ status, code }) => [status, code])).toEqual([
      ['ok', undefined],
      ['failed', 'CF_ROLE_MISSING'],
      ['ok', undefined],
      ['failed', 'CF_SPACE_NOT_VISIBLE'],
    ]);
  });

  test('says unknown, not failed, where the landscape does not answer', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const down: SystemContext['fetch'] = async (input, init) => {
      const request = new Request(input, init);
      return request.url.startsWith(LOGIN) && new URL(request.url).searchParams.get('login_hint')?.includes(ORIGIN)
        ? new Response('', { status: 503 })
        : emulators.fetch(request);
    };
    const hops = await doctor(await systemContext(emulators, ctx.manifest, { fetch: down }), emulators);
    expect(hops.map((hop) => hop.status)).toEqual(['ok', 'ok', 'unknown', 'unknown']);
  });
});

import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../kernel/manifest/types.ts';
import { API, LOGIN, startTestLandscape, UAA } from './emulator/testing/landscape.ts';
import { devGrant, manifestOf, systemContext, technicalUser } from './emulator/testing/system-context.ts';
import { createWorkbench } from './emulator/testing/workbench.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);
const { make, subjectIn } = createWorkbench(cf);

async function start(manifest: Manifest = manifestOf([technicalUser([APP_DEVELOPER])])) {
  const emulators = await startTestLandscape();
  return { emulators, ctx: await systemContext(emulators, manifest) };
}

describe('a session', () => {
  test('is a CF_HOME with tokens and target, and without the password', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const session = await cf.session?.(await subjectIn(ctx, emulators), undefined, ctx);
    expect(session?.env).toEqual({ CF_HOME: '{dir}' });
    const [file] = session?.files ?? [];
    expect(file?.path).toBe('.cf/config.json');
    expect(JSON.stringify(session)).not.toContain('eyJ');
    const text = file?.content.reveal() ?? '';
    const password = (await ctx.vault.open('test/robot', 'current'))?.secret.reveal() ?? '';
    expect(text).not.toContain(password);
    const config = JSON.parse(text);
    expect(config).toMatchObject({
      APIVersion: '3.188.0',
      AccessToken: expect.stringMatching(/^bearer eyJ/),
      RefreshToken: expect.stringMatching(/-r$/),
      Target: API,
      AuthorizationEndpoint: LOGIN,
      UaaEndpoint: UAA,
      UAAOAuthClient: 'cf',
      OrganizationFields: { Name: 'acme-dev' },
      SpaceFields: { Name: 'app', AllowSSH: true },
    });
    const space = await emulators.fetch(`${config.Target}/v3/spaces/${config.SpaceFields.GUID}`, {
      headers: { authorization: config.AccessToken },
    });
    expect(space.status).toBe(200);
  });

  test.each(['eu10-004', 'dev', 'acme-dev', API, `${API}/`])('takes %s as a target', async (target) => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const token = await cf.token?.(await subjectIn(ctx, emulators), target, ctx);
    expect(token).toMatchObject({ expiresAt: emulators.now() + 1_199_000 });
  });

  test('says which targets there are when the one asked for is none', async () => {
    const { emulators, ctx } = await start();
    const subject = await subjectIn(ctx, emulators);
    await expect(cf.token?.(subject, 'us20', ctx)).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      remedy: 'one of: eu10-004, acme-dev',
    });
  });
});

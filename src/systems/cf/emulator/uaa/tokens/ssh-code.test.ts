import { describe, expect, test } from 'vitest';
import { startTestLandscape, UAA } from '../../testing/landscape.ts';
import { errorOf, robotLogin, tokenOf } from '../../testing/uaa.ts';

describe('cf ssh-code', () => {
  const query = 'response_type=code&grant_type=authorization_code&client_id=ssh-proxy';

  test('gets a code by its token, in a redirect that it does not follow', async () => {
    const emulators = await startTestLandscape();
    const { access_token } = await tokenOf(await robotLogin(emulators));
    const response = await emulators.fetch(`${UAA}/oauth/authorize?${query}`, {
      headers: { authorization: `bearer ${access_token}` },
    });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/uaa\.cf\.eu10-004\.hana\.ondemand\.com\/login\?code=[\w-]{32}$/,
    );
  });

  test('is refused with a token that is no user, or not good', async () => {
    const emulators = await startTestLandscape();
    const refused = async (token: string) =>
      errorOf(
        await emulators.fetch(`${UAA}/oauth/authorize?${query}`, { headers: { authorization: `bearer ${token}` } }),
      );
    const { access_token } = await tokenOf(await robotLogin(emulators, { scope: 'openid' }));
    expect(await refused(access_token)).toEqual([
      403,
      {
        error: 'insufficient_scope',
        error_description: 'Insufficient scope for this resource',
        scope: 'uaa.admin uaa.user',
      },
    ]);
    expect(await refused('x')).toMatchObject([401, { error: 'invalid_token' }]);
  });
});

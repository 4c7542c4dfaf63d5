import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../kernel/manifest/types.ts';
import { devGrant, manifestOf, technicalUser } from './emulator/testing/system-context.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);

describe('the rules', () => {
  const codes = (manifest: Manifest) =>
    cf.rules.flatMap((rule) => rule.check(manifest, 0)).map(({ code, severity }) => [code, severity]);

  test('warn about Org Managers, hint at developers in production and at supporters', () => {
    const spaces = [{ names: ['app'], roles: ['space_developer', 'space_supporter'] }];
    const byName = { subaccounts: { names: ['acme-prod'] }, cf: { orgRoles: ['organization_manager'], spaces } };
    const byLabel = { subaccounts: { labels: { stage: ['Production'] } }, cf: { orgRoles: [], spaces } };
    expect(codes(manifestOf([technicalUser([byName])]))).toEqual([
      ['CF_ROLE_TOO_BROAD', 'warning'],
      ['CF_DEVELOPER_IN_PRODUCTION', 'info'],
      ['CF_SUPPORTER_NEEDS_CLI_8', 'info'],
    ]);
    expect(codes(manifestOf([technicalUser([byLabel])]))[0]).toEqual(['CF_DEVELOPER_IN_PRODUCTION', 'info']);
    expect(codes(manifestOf([technicalUser([APP_DEVELOPER])]))).toEqual([]);
  });

  test('refuse grants without anybody who could give them', () => {
    expect(codes(manifestOf([technicalUser([APP_DEVELOPER])], {}))).toEqual([['CF_CONNECTION_MISSING', 'error']]);
  });

  test('every code is explained', () => {
    const explained = new Set([...cf.findings.map((kind) => kind.code), ...cf.rules.map((rule) => rule.kind.code)]);
    for (const code of ['CF_SPACE_MISSING', 'LOGIN_PASSWORD_LOCKED', 'CF_ORIGIN_DIFFERS'])
      expect(explained).toContain(code);
    expect(explained.size).toBe(cf.findings.length + cf.rules.length);
  });
});

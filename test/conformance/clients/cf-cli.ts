import assert from 'node:assert/strict';
import { parse } from 'node-html-parser';
import { createBrowser } from '../browser.ts';
import { API, openCf, rows } from '../cf.ts';
import type { Client } from '../client.ts';
import { CREDENTIAL, OPERATOR } from '../seed.ts';

const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com';
const ADMIN = 'platform-admin@acme.example';
const ROBOT = 'pipeline@sap-test.de';
const ORIGIN = 'acme-platform';

/** Logging on with the cf CLI, and who may do what. */
export const cfCli: Client = {
  name: 'cf CLI',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    await using client = await openCf(landscape);
    const { cf, attempt } = client;
    const password = await landscape.passwordOf('pipeline');

    await step('login --origin', async () => {
      const words = ['-a', API, '-u', ROBOT, '-p', password, '--origin', ORIGIN, '-o', 'acme-dev', '-s', 'app'];
      assert.match(await cf('login', ...words), /acme-dev/);
    });
    await step('target', async () => assert.match(await cf('target'), /user:\s+pipeline@sap-test\.de/));
    await step('orgs', async () => assert.deepEqual(rows(await cf('orgs')), ['acme-dev', 'acme-test']));
    await step('spaces', async () => assert.deepEqual(rows(await cf('spaces')), ['app', 'shared']));
    await step('oauth-token', async () => assert.match(await cf('oauth-token'), /^bearer [\w-]+\.[\w-]+\./));
    await step('curl', async () => {
      const answer = JSON.parse(await cf('curl', '/v3/organizations')) as { pagination: { total_results: number } };
      assert.equal(answer.pagination.total_results, 2);
    });
    await step('what a developer may not', async () => {
      const { code, stderr } = await attempt('set-space-role', ADMIN, 'acme-dev', 'app', 'SpaceAuditor');
      assert.notEqual(code, 0);
      assert.match(stderr, /not authorized/i);
    });
    await step('logout', () => cf('logout'));
    await step('auth --origin', () => cf('auth', ROBOT, password, '--origin', ORIGIN));
    await step('wrong password', async () => {
      const { code, stderr } = await attempt('auth', ROBOT, 'not this one', '--origin', ORIGIN);
      assert.notEqual(code, 0);
      // UAA hands the identity provider's answer through, and cf shows it as it is (cf 9, error `invalid_client`).
      assert.match(stderr, /Bad credentials/);
    });

    await step('login --sso-passcode', async () => {
      const browser = createBrowser(landscape.fetch);
      const hint = encodeURIComponent(JSON.stringify({ origin: ORIGIN }));
      const form = await browser.open(`${LOGIN}/passcode?login_hint=${hint}`);
      const page = await browser.submit(form, { j_username: ROBOT, j_password: password });
      const code = parse(page.body).querySelector('#passcode')?.textContent;
      assert.ok(code, `${page.url} (${page.status}) shows no code`);
      const words = ['login', '-a', API, '-o', 'acme-dev', '-s', 'app', '--sso-passcode', code];
      assert.match(await cf(...words), /user:\s+pipeline@sap-test\.de/);
      assert.notEqual((await attempt(...words)).code, 0, 'the code was good twice');
    });
    await step('ssh-code', async () => {
      await cf('auth', ROBOT, password, '--origin', ORIGIN);
      assert.match(await cf('ssh-code'), /^[\w-]+\s*$/);
    });
    await step('auth --assertion', async () => {
      // UAA takes its own token, too, from a client that stands in its audience.
      const token = (await cf('oauth-token')).trim().replace(/^bearer /, '');
      await cf('logout');
      await cf('auth', '--assertion', token, '--origin', ORIGIN);
      assert.match(await cf('target'), /user:\s+pipeline@sap-test\.de/);
    });

    await step('auth of a platform administrator', async () => {
      await cf('auth', ADMIN, landscape.credential('ACME_ADMIN_PASSWORD'), '--origin', 'sap.ids');
      await cf('target', '-o', 'acme-dev', '-s', 'app');
    });
    await step('org-users', async () => assert.match(await cf('org-users', 'acme-dev', '-a'), /pipeline@sap-test\.de/));
    await step('space-users', async () =>
      assert.match(await cf('space-users', 'acme-dev', 'app'), /pipeline@sap-test\.de/),
    );
    const space = ['acme-dev', 'app', 'SpaceAuditor'];
    const developer = 'dana.developer@acme.example';
    await step('set-org-role', () => cf('set-org-role', developer, 'acme-dev', 'OrgAuditor', '--origin', 'sap.ids'));
    await step('set-space-role', () => cf('set-space-role', ROBOT, ...space, '--origin', ORIGIN));
    await step('unset-space-role', () => cf('unset-space-role', ROBOT, ...space, '--origin', ORIGIN));
    await step('unset-org-role', () =>
      cf('unset-org-role', developer, 'acme-dev', 'OrgAuditor', '--origin', 'sap.ids'),
    );
    await step('create-space', async () => {
      await cf('create-space', 'conformance', '-o', 'acme-dev');
      assert.match(await cf('space-users', 'acme-dev', 'conformance'), new RegExp(ADMIN));
    });
    await step('delete-space', () => cf('delete-space', 'conformance', '-o', 'acme-dev', '-f'));
    const known = ['newcomer@acme.example', '--origin', ORIGIN];
    await step('create-user is for operators', async () => {
      const { code, stderr } = await attempt('create-user', ...known);
      assert.notEqual(code, 0);
      assert.match(stderr, /not authorized/i);
    });
    await step('create-user', async () => {
      await cf('auth', OPERATOR, landscape.credential(CREDENTIAL.operator), '--origin', 'uaa');
      await cf('create-user', ...known);
      await cf('set-space-role', ...known.slice(0, 1), 'acme-dev', 'app', 'SpaceAuditor', '--origin', ORIGIN);
      assert.match(await cf('space-users', 'acme-dev', 'app'), /newcomer@acme\.example \(acme-platform\)/);
      await cf('delete-user', ...known, '-f');
      assert.doesNotMatch(await cf('space-users', 'acme-dev', 'app'), /newcomer/);
    });
  },
};

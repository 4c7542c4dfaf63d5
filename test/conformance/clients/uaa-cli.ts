import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Client } from '../client.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { CREDENTIAL, UAA_ADMINISTRATOR, UAA_INSPECTOR } from '../seed.ts';
import { Skip } from '../skip.ts';

const UAA = 'https://uaa.cf.eu10-004.hana.ondemand.com';
const CLIENT = 'uaa-cli-made';
const USER = 'ulla.user@acme.example';
const GROUP = 'conformance.readers';
/** Of SAP ID service: the client sends no login_hint, and that is the default. */
const PERSON = 'platform-admin@acme.example';

/** The UAA's own command-line client: by LOCUM_UAA_CLI or on the PATH. */
export const uaaCli: Client = {
  name: 'uaa-cli',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    const program = await findProgram(['uaa', 'uaa-cli'], { variable: 'LOCUM_UAA_CLI' });
    if (program === undefined) throw new Skip('no uaa on the PATH, and LOCUM_UAA_CLI names none');
    await using home = await temporaryFolder();
    const env = { ...landscape.environment, UAA_HOME: home.path, HOME: home.path };
    const attempt = (...words: string[]) => run(program, words, { env });
    const uaa = async (...words: string[]) => {
      const { code, stdout, stderr } = await attempt(...words);
      // The words are not repeated: a secret may be among them.
      if (code !== 0) throw new Error(`exit ${code}: ${`${stderr} ${stdout}`.replace(/\s+/g, ' ').slice(0, 500)}`);
      return stdout;
    };
    /** Runs the command that the step is named after. */
    const ask = (words: readonly [string, ...string[]], expected: RegExp, name: string = words[0]) =>
      step(name, async () => assert.match(await uaa(...words), expected));
    const refused = async (...words: string[]) => assert.notEqual((await attempt(...words)).code, 0);

    await step('target', () => uaa('target', UAA));
    await ask(['info'], /prompts/);
    await ask(['get-token-key'], /RS256/);
    await ask(['get-token-keys'], /RS256/);
    await step('get-client-credentials-token', () =>
      uaa('get-client-credentials-token', UAA_INSPECTOR, '-s', landscape.credential(CREDENTIAL.uaaSecret)),
    );
    await ask(['context'], /access_token/);
    await step('what its scopes do not allow', () => refused('list-users'));

    const beAdministrator = () =>
      uaa('get-client-credentials-token', UAA_ADMINISTRATOR, '-s', landscape.credential(CREDENTIAL.uaaAdministrator));
    await beAdministrator();
    // With characters that go wrong where client and server disagree on who decodes them.
    // No % and no +: in password grants uaa-cli sends a secret as it is, which UAA reads as encoded (A16).
    const secret = `${randomBytes(8).toString('hex')}/ä`;
    const password = `Pw1-${randomBytes(12).toString('hex')}`;

    await step('create-client', async () => {
      const grants = [
        '--authorized_grant_types',
        'password,refresh_token,client_credentials',
        '--scope',
        `openid,${GROUP}`,
      ];
      await uaa('create-client', CLIENT, '-s', 'first', ...grants, '--authorities', 'clients.secret');
    });
    await ask(['update-client', CLIENT, '--display_name', 'Made by uaa-cli'], /successfully updated/);
    await ask(['get-client', CLIENT], /"client_id": "uaa-cli-made"/);
    await ask(['list-clients'], /uaa-cli-made/);
    await step('set-client-secret', () => uaa('set-client-secret', CLIENT, '-s', secret));

    const names = ['--givenName', 'Ulla', '--familyName', 'User', '--email', USER];
    await ask(['create-user', USER, ...names, '--password', password], /"userName": "ulla\.user@acme\.example"/);
    await step('create-user of that name again', () => refused('create-user', USER, ...names, '--password', password));
    await ask(['update-user', USER, '--givenName', 'Ursula'], /Ursula/);
    await ask(['get-user', USER], /"givenName": "Ursula"/);
    await ask(['list-users', '--filter', `userName eq "${USER}"`], /"totalResults": 1|ulla\.user/);
    await ask(['create-group', GROUP, '-d', 'who reads'], /"displayName": "conformance\.readers"/);
    await step('add-member', () => uaa('add-member', GROUP, USER));
    await ask(['get-group', GROUP], /"members"/);
    await ask(['list-groups', '--filter', `displayName eq "${GROUP}"`], /conformance\.readers/);
    await step('map-group', () => uaa('map-group', 'readers-outside', GROUP, '--origin', 'acme-platform'));
    await ask(['list-group-mappings'], /readers-outside/);
    await step('unmap-group', () => uaa('unmap-group', 'readers-outside', GROUP, '--origin', 'acme-platform'));

    const personal = landscape.credential('ACME_ADMIN_PASSWORD');
    const logOn = (...more: string[]) =>
      uaa('get-password-token', CLIENT, '-s', secret, '-u', PERSON, '-p', personal, ...more);
    await step('get-password-token', () => logOn());
    await ask(['userinfo'], /"user_name": "platform-admin@acme\.example"/);
    await step('refresh-token', () => uaa('refresh-token', '-s', secret));
    await ask(['userinfo'], /platform-admin/, 'userinfo with the fresh token');
    await step('get-password-token of an opaque token', async () => {
      await logOn('--format', 'opaque');
      assert.match(await uaa('userinfo'), /platform-admin/);
    });
    await step('a wrong password', () =>
      refused('get-password-token', CLIENT, '-s', secret, '-u', PERSON, '-p', 'not this'),
    );
    await step('change-client-secret', async () => {
      await uaa('get-client-credentials-token', CLIENT, '-s', secret);
      await uaa('change-client-secret', '--old_secret', secret, '--secret', 'third');
      await refused('get-client-credentials-token', CLIENT, '-s', secret);
      await uaa('get-client-credentials-token', CLIENT, '-s', 'third');
    });

    await beAdministrator();
    await step('deactivate-user', async () => {
      await uaa('deactivate-user', USER);
      assert.match(await uaa('get-user', USER), /"active": false/);
    });
    await step('activate-user', () => uaa('activate-user', USER));
    await step('unlock-user', () => uaa('unlock-user', USER));
    // It encodes the question mark of a query, so there is none.
    await ask(['curl', '/Users'], /ulla\.user/);
    await step('remove-member', () => uaa('remove-member', GROUP, USER));
    await step('delete-user', () => uaa('delete-user', USER));
    await step('delete-client', () => uaa('delete-client', CLIENT));
    await step('what was deleted', () => refused('get-client', CLIENT));
  },
};

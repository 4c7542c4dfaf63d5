import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../client.ts';
import { type Bench, openBench } from '../openbao.ts';

const WHY = ['--why', 'conformance'] as const;
const ROTATE = ['rotate', 'pipeline', '--yes', '--no-wait', ...WHY] as const;
const APPLY = ['--quiet', 'apply', '--yes', ...WHY] as const;
const PASSWORD = { method: 'POST', path: '/service/users/password' } as const;

type Variables = Readonly<Record<string, string>>;

const shown = async ({ locum }: Bench, name: string, more?: Variables) =>
  (await locum(['secret', 'show', name, '--yes', ...WHY], more)).trim();

/** Fails with this exit code, and says this. */
async function refused({ attempt }: Bench, words: readonly string[], said: RegExp, more?: Variables): Promise<void> {
  const { code, stderr, stdout } = await attempt(words, more);
  assert.notEqual(code, 0, `locum ${words[0]} did not fail`);
  // Lines are broken where the terminal would end.
  assert.match(`${stderr}${stdout}`.replace(/\s+/g, ' '), said);
}

/** Passwords come to KV paths of a real server, by both logins. */
export const openbaoPlaces: Client = {
  name: 'OpenBao · places of deliverTo',
  licence: 'MPL-2.0',
  free: false,
  async run(_landscape, step) {
    await using bench = await openBench();
    const { bao, locum, read, policy } = bench;
    const inPlace = async () => {
      const password = await shown(bench, 'pipeline');
      const own = { username: 'pipeline@sap-test.de', password };
      assert.deepEqual(await read('acme/pipeline'), { note: 'of somebody else', ...own });
      assert.deepEqual(await read('acme/pipeline-ci'), own);
      return password;
    };
    const first = await step('apply delivers, by AppRole and by JWT', async () => {
      await locum(APPLY);
      return inPlace();
    });
    await step('plan is empty, doctor proves', async () => {
      assert.match(await locum(['--json', 'plan']), /"steps":\[\]/);
      await locum(['doctor', 'pipeline']);
    });
    await step('a rotation brings the new password, neighbours stay', async () => {
      await locum(ROTATE);
      assert.notEqual(await inPlace(), first);
    });
    await step('who writes over it is told, not overwritten', async () => {
      const held = await read('acme/pipeline-ci');
      const data = { ...held, password: 'of somebody else' };
      await bao.administer('POST', 'secret/data/acme/pipeline-ci', { data });
      await refused(bench, APPLY, /CONSUMER_NOT_OURS|not ours|never kept/);
      await bao.administer('POST', 'secret/data/acme/pipeline-ci', { data: held });
    });
    await step('a right that is taken away is named, given back the rotation goes on', async () => {
      await policy('place', 'path "secret/data/acme/*" { capabilities = ["read"] }');
      const before = await read('acme/pipeline');
      await refused(bench, ROTATE, /ROTATION_PLACE_REFUSES.*policy with update on secret\/data\/acme\/pipeline/);
      assert.deepEqual(await inPlace(), before.password);
      await policy('place', 'path "secret/data/other/*" { capabilities = ["read"] }');
      await refused(bench, ROTATE, /policy with read on secret\/data\/acme\/pipeline/);
      await policy('place');
      await locum(ROTATE);
      await inPlace();
    });
    await step('a token that is lost in the middle is replaced', async () => {
      const rotation = bench.attempt(ROTATE);
      await bench.whileHeld(PASSWORD, () => bench.revokeTokens());
      const { code, stderr } = await rotation;
      assert.equal(code, 0, stderr);
      await inPlace();
    });
    await step('a server that is sealed in the middle is told, unsealed the rotation goes on', async () => {
      const rotation = bench.attempt(ROTATE);
      await bench.whileHeld(PASSWORD, async () => void (await bao.administer('PUT', 'sys/seal', {})));
      const { code, stderr, stdout } = await rotation;
      assert.notEqual(code, 0);
      assert.match(`${stderr}${stdout}`, /503/);
      await bao.unseal();
      await locum(ROTATE);
      await inPlace();
    });
  },
};

/** Locum's own vault keeps its sealed texts in a real server. */
export const openbaoPayloads: Client = {
  name: 'OpenBao · payloads of the vault',
  licence: 'MPL-2.0',
  free: false,
  async run(_landscape, step) {
    await using bench = await openBench();
    const { bao, locum, payloads, policy, outside, folder } = bench;
    const by = outside.appRole;
    const verified = async (more: Variables | undefined = by) => {
      const report = JSON.parse(await locum(['--json', 'vault', 'verify'], more)) as Record<string, unknown>;
      assert.equal(report.intact, true);
      assert.deepEqual(report.unreferenced ?? [], []);
      return Number(report.versions);
    };
    await step('apply keeps every password there, sealed', async () => {
      await locum(APPLY, by);
      const paths = await payloads();
      assert.equal(paths.length, await verified());
      const password = await shown(bench, 'pipeline', by);
      for (const below of paths) assert.ok(!JSON.stringify(await bench.read(below)).includes(password));
    });
    await step('a rotation in place, one of twins, by AppRole and by JWT', async () => {
      const before = await shown(bench, 'pipeline', by);
      await locum(ROTATE, by);
      assert.notEqual(await shown(bench, 'pipeline', outside.jwt), before);
      await locum(['rotate', 'ctms-deploy', '--yes', '--no-wait', ...WHY], outside.jwt);
      assert.equal((await payloads()).length, await verified(outside.jwt));
    });
    await step('without the variables nothing opens, and it says why', () =>
      refused(bench, ['secret', 'show', 'pipeline', '--yes', ...WHY], /LOCUM_VAULT_URL/),
    );
    await step('due tells when the secret ID ends, where it may be looked up', async () => {
      assert.match(await locum(['due'], by), /secret ID of the vault's login/);
      await bao.administer('POST', 'sys/policies/acl/lookup', {
        policy: 'path "auth/approle/role/locum/secret-id/lookup" { capabilities = ["update"] }',
      });
      await bao.administer('POST', 'auth/approle/role/locum', { token_policies: ['locum', 'lookup'], token_ttl: 3600 });
      assert.match(await locum(['due'], by), /\d{4}-\d\d-\d\d in 30 days .*secret ID of the vault's login/);
    });
    await step('backup, restored without the server', async () => {
      await locum(['vault', 'backup', 'all.locum'], by);
      await mkdir(path.join(folder, 'other'), { mode: 0o700 });
      await copyFile(path.join(folder, '.locum/store/master.key'), path.join(folder, 'other/master.key'));
      await locum(['--store', 'other', 'vault', 'restore', 'all.locum']);
      const words = ['--store', 'other', 'secret', 'show', 'pipeline', '--yes', ...WHY];
      assert.equal((await locum(words)).trim(), await shown(bench, 'pipeline', by));
    });
    await step('vault move, into the store and out again', async () => {
      const password = await shown(bench, 'pipeline', by);
      await locum(['vault', 'move', '--to', 'store'], by);
      assert.deepEqual(await payloads(), []);
      assert.equal(await shown(bench, 'pipeline'), password);
      await locum(['vault', 'move', '--to', 'openbao'], by);
      assert.equal((await payloads()).length, await verified());
      assert.equal(await shown(bench, 'pipeline', by), password);
    });
    await step('a sealed server is told, and nothing begins', async () => {
      await bao.administer('PUT', 'sys/seal', {});
      for (const words of [ROTATE, ['vault', 'verify'], ['vault', 'move', '--to', 'store']]) {
        await refused(bench, words, /sealed or not active: unseal it/, by);
      }
      await bao.unseal();
      await verified();
    });
    await step('sealed in the middle of a rotation, unsealed it goes on', async () => {
      const rotation = bench.attempt(ROTATE, by);
      await bench.whileHeld(PASSWORD, async () => void (await bao.administer('PUT', 'sys/seal', {})));
      const { code, stderr, stdout } = await rotation;
      await bao.unseal();
      if (code !== 0) {
        assert.match(`${stderr}${stdout}`, /503/);
        await locum(ROTATE, by);
      }
      await verified();
      await locum(['doctor', 'pipeline'], by);
    });
    await step('a token that is lost in the middle is replaced', async () => {
      const rotation = bench.attempt(ROTATE, by);
      await bench.whileHeld(PASSWORD, () => bench.revokeTokens());
      const { code, stderr } = await rotation;
      assert.equal(code, 0, stderr);
      await verified();
    });
    await step('a right that is taken away is named', async () => {
      const without = (right: string) => `
        path "secret/data/locum/*" { capabilities = [${right === 'create' ? '"read"' : '"create"'}, "list"] }
        path "secret/metadata/locum/*" { capabilities = ["list"${right === 'delete' ? '' : ', "delete"'}] }`;
      const need = /policy with create, read, delete and list below secret\/data\/locum and secret\/metadata\/locum/;
      await policy('vault', without('create'));
      await refused(bench, ROTATE, need, by);
      await policy('vault', without('read'));
      await refused(bench, ['secret', 'show', 'pipeline', '--yes', ...WHY], need, by);
      await policy('vault', 'path "secret/data/locum/*" { capabilities = ["create", "read"] }');
      await refused(bench, ['vault', 'verify'], need, by);
      await policy(
        'vault',
        `${'path "secret/data/locum/*" { capabilities = ["create", "read"] }'}
        path "secret/metadata/locum/*" { capabilities = ["list"] }`,
      );
      await refused(bench, ['vault', 'move', '--to', 'store'], need, by);
      await policy('vault');
      await locum(['vault', 'move', '--to', 'store'], by);
      await locum(['vault', 'verify', '--prune'], by);
      assert.deepEqual(await payloads(), []);
    });
  },
};

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { parse, stringify } from 'yaml';
import { createLandscape, type Landscape } from '../../src/landscape/index.ts';
import { findBao, type RealBao, startBao } from '../fixtures/openbao.ts';
import { documentedPolicy } from '../fixtures/openbao-policies.ts';
import { type Outcome, run, temporaryFolder } from './programs.ts';
import { Skip } from './skip.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/locum.js');
const MANIFEST = path.resolve(import.meta.dirname, '../../examples/acme/locum.yaml');
const ISSUER = 'https://ci.acme.example';

/** The role of Locum's vault, the one of its places, and who logs on by JWT. */
const ROLES = { vault: 'locum', place: 'locum-place' } as const;

export interface Bench extends AsyncDisposable {
  readonly bao: RealBao;
  readonly landscape: Landscape;
  readonly folder: string;
  /** `locum` as a process of its own, on the landscape through its proxy as on SAP; more variables, or others. */
  attempt(words: readonly string[], more?: Readonly<Record<string, string | undefined>>): Promise<Outcome>;
  /** The same; gives what it wrote. @throws Error when it fails */
  locum(words: readonly string[], more?: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Variables by which the vault's payloads lie in the server, with the login by AppRole or by JWT. */
  readonly outside: Readonly<Record<'appRole' | 'jwt', Readonly<Record<string, string>>>>;
  /** What a path holds, read with the root token. */
  read(below: string): Promise<Readonly<Record<string, string>>>;
  /** Names below the prefix of Locum's vault; none: nothing is there. */
  payloads(): Promise<readonly string[]>;
  /** Gives a policy other rules; without any, those of the documents. */
  policy(name: keyof typeof ROLES, rules?: string): Promise<void>;
  /** Ends every token that was given out. */
  revokeTokens(): Promise<void>;
  /** Acts while the landscape holds the next request of this kind. */
  whileHeld(request: { readonly method: string; readonly path: string }, act: () => Promise<void>): Promise<void>;
}

/**
 * A real server, a landscape, and the example's manifest: its technical user `ctms-deploy` has twins, and `pipeline` is delivered
 * to the server by AppRole and by JWT.
 */
export async function openBench(): Promise<Bench> {
  const program = await findBao();
  if (program === undefined) throw new Skip('no bao or vault on the PATH, and LOCUM_BAO names none');
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const bao = opening.use(await startBao(program));
  const seed = 'examples/acme/landscape.yaml';
  const landscape = opening.use(
    await createLandscape({ directory: path.join(folder, 'landscape'), seed, effort: 'least' }),
  );
  await landscape.listen({ proxyPort: 0, portsFrom: 0 });
  const { secretIds, jwt } = await prepare(bao);
  await writeFile(path.join(folder, 'locum.yaml'), await manifestFor(bao));

  const environment = () => ({ ...landscape.environment(), BAO_SECRET_ID: secretIds.place, BAO_JWT: jwt });
  const attempt: Bench['attempt'] = (words, more = {}) =>
    run(process.execPath, [PROGRAM, ...words], { env: { ...environment(), ...more }, cwd: folder });
  const policy: Bench['policy'] = (name, rules = rulesOf(name)) =>
    bao.administer('PUT', `sys/policies/acl/${ROLES[name]}`, { policy: rules }).then(() => undefined);
  const where = { LOCUM_VAULT_URL: bao.url };
  const opened = opening.move();
  return {
    bao,
    landscape,
    folder,
    attempt,
    async locum(words, more) {
      const { code, stdout, stderr } = await attempt(words, more);
      if (code !== 0) throw new Error(`locum ${words[0]} exits with ${code}: ${stderr.trim().slice(-400)}`);
      return stdout;
    },
    outside: {
      appRole: { ...where, LOCUM_VAULT_ROLE_ID: ROLES.vault, LOCUM_VAULT_SECRET_ID: secretIds.vault },
      jwt: { ...where, LOCUM_VAULT_JWT_ROLE: ROLES.vault, LOCUM_VAULT_JWT: jwt },
    },
    async read(below) {
      const found = await bao.administer('GET', `secret/data/${below}`);
      return (found as { data: { data: Record<string, string> } }).data.data;
    },
    async payloads() {
      const walk = async (below: string): Promise<readonly string[]> => {
        const found = await bao.administer('GET', `secret/metadata/${below}?list=true`).catch(() => undefined);
        const keys = (found as { data: { keys: string[] } } | undefined)?.data.keys ?? [];
        const all = await Promise.all(keys.map((key) => (key.endsWith('/') ? walk(below + key) : [below + key])));
        return all.flat();
      };
      return walk('locum/');
    },
    policy,
    revokeTokens: async () => {
      for (const method of ['approle', 'jwt'])
        await bao.administer('PUT', `sys/leases/revoke-prefix/auth/${method}`, {});
    },
    async whileHeld(request, act) {
      const held = 600_000;
      const fault = await landscape.faults.add({ ...request, times: 1, effect: { kind: 'delay', ms: held } });
      for (let waited = 0; waited < 60_000; waited += 20) {
        if (landscape.faults.list().some(({ id, struck }) => id === fault.id && struck > 0)) break;
        await delay(20);
      }
      assert.ok(
        landscape.faults.list().some(({ struck }) => struck > 0),
        'the request did not come',
      );
      await act();
      await landscape.clock.advance(held);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What the documents say; both places of the manifest have the rights of the one there. */
function rulesOf(name: keyof typeof ROLES): string {
  if (name === 'vault') return documentedPolicy('docs/vault.md');
  const rules = documentedPolicy('docs/manifest.md');
  return `${rules}\n${rules.replaceAll('acme/pipeline', 'acme/pipeline-ci')}`;
}

/** Engine, policies, and logins by AppRole and by JWT; beside the first place somebody else keeps a key. */
async function prepare(bao: RealBao) {
  const make = (where: string, body: unknown) => bao.administer('POST', where, body);
  await bao.mountKv('secret');
  await make('secret/data/acme/pipeline', { data: { note: 'of somebody else' } });
  await make('sys/auth/approle', { type: 'approle' });
  await make('sys/auth/jwt', { type: 'jwt' });
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  await make('auth/jwt/config', { jwt_validation_pubkeys: [await exportSPKI(publicKey)], bound_issuer: ISSUER });
  const secretIds: Record<string, string> = {};
  for (const name of ['vault', 'place'] as const) {
    const role = ROLES[name];
    await make(`sys/policies/acl/${role}`, { policy: rulesOf(name) });
    const token = { token_policies: [role], token_ttl: 3600 };
    await make(`auth/approle/role/${role}`, token);
    await make(`auth/approle/role/${role}/role-id`, { role_id: role });
    const made = await make(`auth/approle/role/${role}/secret-id`, { ttl: '720h' });
    secretIds[name] = (made as { data: { secret_id: string } }).data.secret_id;
    const bound = { role_type: 'jwt', user_claim: 'sub', bound_audiences: [bao.url], bound_subject: 'repo:acme' };
    await make(`auth/jwt/role/${role}`, { ...bound, ...token });
  }
  const jwt = await new SignJWT({ iss: ISSUER, sub: 'repo:acme', aud: bao.url })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey);
  return { secretIds: { vault: secretIds.vault ?? '', place: secretIds.place ?? '' }, jwt };
}

interface Manifest {
  connections: Record<string, unknown>;
  technicalUsers: { name: string; twins?: boolean; deliverTo?: unknown }[];
}

async function manifestFor({ url }: RealBao): Promise<string> {
  const manifest = parse(await readFile(MANIFEST, 'utf8')) as Manifest;
  manifest.connections.openbao = {
    main: { url, appRole: { roleId: ROLES.place, secretId: 'env:BAO_SECRET_ID' } },
    ci: { url, jwt: { role: ROLES.place, token: 'env:BAO_JWT' } },
  };
  for (const user of manifest.technicalUsers) {
    if (user.name === 'ctms-deploy') user.twins = true;
    if (user.name !== 'pipeline') continue;
    user.deliverTo = [
      { to: 'openbao', connection: 'main', path: 'acme/pipeline' },
      { to: 'openbao', connection: 'ci', path: 'acme/pipeline-ci' },
    ];
  }
  return stringify(manifest);
}

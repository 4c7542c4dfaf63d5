import { z } from 'zod';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { connectionOf, definePlace } from '../place.ts';
import { githubAt, githubConnection } from './github-login.ts';
import { pathOf, type Send } from './rest.ts';

const secretName = z
  .string()
  .regex(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/, 'capital letters, digits and _; not with GITHUB_ at its begin');
const target = z
  .strictObject({
    to: z.literal('github'),
    connection: z.string().optional(),
    repository: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name')
      .optional(),
    organization: z
      .string()
      .regex(/^[\w.-]+$/, 'login name of the organization')
      .optional(),
    environment: z.string().min(1).optional().describe('A deployment environment of the repository'),
    passwordSecret: secretName.describe('Name of the secret that gets the password'),
    userSecret: secretName.optional().describe('Name of the secret that gets the login name'),
  })
  .refine(
    ({ repository, organization }) => (repository === undefined) !== (organization === undefined),
    'exactly one of repository and organization',
  )
  .refine(
    ({ organization, environment }) => organization === undefined || environment === undefined,
    'an environment is of a repository',
  )
  .describe('Secrets of GitHub Actions');
type GithubTarget = z.infer<typeof target>;

/** docs.github.com/en/rest/actions/secrets: what we read; `visibility` is of organizations. */
const keyAnswer = z.looseObject({ key_id: z.string(), key: z.string() });
const secretAnswer = z.looseObject({
  updated_at: z.iso.datetime({ offset: true }),
  visibility: z.enum(['all', 'private', 'selected']).optional(),
});
const repositoriesAnswer = z.looseObject({
  total_count: z.number(),
  repositories: z.array(z.looseObject({ id: z.number() })),
});

/** Secrets of a repository, one of its environments, or an organization: sealed for GitHub's key, and never told again. */
export const github = definePlace<GithubTarget>({
  kind: 'github',
  target,
  connection: githubConnection,
  title: ({ repository, organization, environment, passwordSecret }) =>
    `${passwordSecret} of ${repository ?? organization}${environment === undefined ? '' : ` (${environment})`}`,
  segments: ({ connection: name = '', repository, organization = '', environment = '', passwordSecret }) => [
    name,
    repository ?? organization,
    environment,
    passwordSecret,
  ],

  dates: true,

  async look(declared, _expected, ctx) {
    const found = await find(await session(declared, ctx), declared, declared.passwordSecret);
    return found ? { is: 'dated', at: Date.parse(found.updated_at) } : { is: 'absent' };
  },

  async write(declared, { login, secret }, ctx) {
    const send = await session(declared, ctx);
    const answer = await send({ operation: 'read public key', url: `${folder(declared)}/public-key` });
    const { key_id, key } = await answerOf(keyAnswer, answer);
    const put = async (name: string, text: string) => {
      const body = { encrypted_value: await sealed(text, key), key_id, ...(await audienceOf(send, declared, name)) };
      await send({
        operation: 'write secret',
        method: 'PUT',
        url: `${folder(declared)}/${name}`,
        body: JSON.stringify(body),
        expect: [201, 204],
      });
    };
    await put(declared.passwordSecret, secret.reveal());
    if (declared.userSecret !== undefined && login !== undefined) await put(declared.userSecret, login);
    return evidenceOf(declared);
  },

  async remove(declared, _copy, ctx) {
    const send = await session(declared, ctx);
    for (const name of [declared.passwordSecret, declared.userSecret]) {
      if (name === undefined) continue;
      const url = `${folder(declared)}/${name}`;
      await send({ operation: 'delete secret', method: 'DELETE', url, expect: [204, 404] });
    }
    return evidenceOf(declared);
  },
});

function evidenceOf({ passwordSecret, repository, organization = '' }: GithubTarget) {
  return { secret: passwordSecret, ...(repository === undefined ? { organization } : { repository }) };
}

async function find(send: Send, declared: GithubTarget, name: string) {
  const url = `${folder(declared)}/${name}`;
  const response = await send({ operation: 'read secret', url, expect: [200, 404] });
  return response.status === 404 ? undefined : await answerOf(secretAnswer, response);
}

/** Which repositories may read a secret of an organization: a write tells it anew, so what its owner chose is told again. */
async function audienceOf(send: Send, declared: GithubTarget, name: string): Promise<object> {
  if (declared.organization === undefined) return {};
  const found = await find(send, declared, name);
  if (found?.visibility !== 'selected') return { visibility: found?.visibility ?? 'private' };
  const ids: number[] = [];
  for (let page = 1; ; page++) {
    const url = `${folder(declared)}/${name}/repositories?${new URLSearchParams({ per_page: '100', page: String(page) })}`;
    const answer = await send({ operation: 'read repositories of the secret', url });
    const { total_count, repositories } = await answerOf(repositoriesAnswer, answer);
    ids.push(...repositories.map(({ id }) => id));
    if (repositories.length === 0 || ids.length >= total_count) break;
  }
  return { visibility: 'selected', selected_repository_ids: ids };
}

/** The folder of the secrets. */
function folder({ repository, organization = '', environment }: GithubTarget): string {
  if (repository === undefined) return pathOf('orgs', organization, 'actions', 'secrets');
  const [owner = '', name = ''] = repository.split('/');
  return environment === undefined
    ? pathOf('repos', owner, name, 'actions', 'secrets')
    : pathOf('repos', owner, name, 'environments', environment, 'secrets');
}

function session(declared: GithubTarget, ctx: SystemContext): Promise<Send> {
  const { name, connection } = connectionOf('github', githubConnection, declared, ctx.manifest);
  const { repository, organization, environment } = declared;
  // A token of an app is for one repository or organization, one of a person is for all of them.
  const scope = connection.app
    ? `/${repository ?? organization}/${environment === undefined ? '' : 'environments'}`
    : '';
  return ctx.memo(`consumers/github/${name}${scope}`, () => githubAt(name, connection, declared, ctx));
}

/** A sealed box of libsodium: only the holder of the private key opens it. */
async function sealed(text: string, publicKey: string): Promise<string> {
  // WebAssembly that nobody else needs: loaded at the first secret.
  const { default: sodium } = await import('libsodium-wrappers');
  await sodium.ready;
  const box = sodium.crypto_box_seal(
    sodium.from_string(text),
    sodium.from_base64(publicKey, sodium.base64_variants.ORIGINAL),
  );
  return sodium.to_base64(box, sodium.base64_variants.ORIGINAL);
}

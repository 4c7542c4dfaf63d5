import { z } from 'zod';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { httpsUrl } from '../../protocols/http/grammar.ts';
import { connectionOf, definePlace } from '../place.ts';
import { pathOf, type Send, serviceAt } from './rest.ts';

const connection = z.strictObject({
  url: httpsUrl.default('https://api.github.com/').describe('Address of the API; of GitHub Enterprise Server …/api/v3'),
  token: secretRefSchema.describe('Token with the right to write secrets'),
});

const secretName = z
  .string()
  .regex(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/, 'capital letters, digits and _; not with GITHUB_ at its begin');
const target = z
  .strictObject({
    to: z.literal('github'),
    connection: z.string().optional(),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name'),
    environment: z.string().min(1).optional().describe('A deployment environment of the repository'),
    passwordSecret: secretName.describe('Name of the secret that gets the password'),
    userSecret: secretName.optional().describe('Name of the secret that gets the login name'),
  })
  .describe('Secrets of GitHub Actions');
type GithubTarget = z.infer<typeof target>;

/** docs.github.com/en/rest/actions/secrets: what we read. */
const keyAnswer = z.looseObject({ key_id: z.string(), key: z.string() });
const secretAnswer = z.looseObject({ updated_at: z.iso.datetime({ offset: true }) });

/** Secrets of a repository or of one of its environments: sealed for GitHub's key, and never told again. */
export const github = definePlace<GithubTarget>({
  kind: 'github',
  target,
  connection,
  title: ({ repository, environment, passwordSecret }) =>
    `${passwordSecret} of ${repository}${environment === undefined ? '' : ` (${environment})`}`,
  segments: ({ connection: name = '', repository, environment = '', passwordSecret }) => [
    name,
    repository,
    environment,
    passwordSecret,
  ],

  async look(declared, _expected, ctx) {
    const send = await session(declared, ctx);
    const url = `${folder(declared)}/${declared.passwordSecret}`;
    const response = await send({ operation: 'read secret', url, expect: [200, 404] });
    if (response.status === 404) return { is: 'absent' };
    return { is: 'dated', at: Date.parse(secretAnswer.parse(await response.json()).updated_at) };
  },

  async write(declared, { login, secret }, ctx) {
    const send = await session(declared, ctx);
    const answer = await send({ operation: 'read public key', url: `${folder(declared)}/public-key` });
    const { key_id, key } = keyAnswer.parse(await answer.json());
    const put = async (name: string, text: string) => {
      const body = JSON.stringify({ encrypted_value: await sealed(text, key), key_id });
      await send({
        operation: 'write secret',
        method: 'PUT',
        url: `${folder(declared)}/${name}`,
        body,
        expect: [201, 204],
      });
    };
    await put(declared.passwordSecret, secret.reveal());
    if (declared.userSecret !== undefined && login !== undefined) await put(declared.userSecret, login);
    return { secret: declared.passwordSecret, repository: declared.repository };
  },

  async remove(declared, _copy, ctx) {
    const send = await session(declared, ctx);
    for (const name of [declared.passwordSecret, declared.userSecret]) {
      if (name === undefined) continue;
      const url = `${folder(declared)}/${name}`;
      await send({ operation: 'delete secret', method: 'DELETE', url, expect: [204, 404] });
    }
    return { secret: declared.passwordSecret, repository: declared.repository };
  },
});

/** The folder of the secrets. */
function folder({ repository, environment }: GithubTarget): string {
  const [owner = '', name = ''] = repository.split('/');
  return environment === undefined
    ? pathOf('repos', owner, name, 'actions', 'secrets')
    : pathOf('repos', owner, name, 'environments', environment, 'secrets');
}

function session(declared: GithubTarget, ctx: SystemContext): Promise<Send> {
  const { name, connection: chosen } = connectionOf('github', connection, declared, ctx.manifest);
  return ctx.memo(`consumers/github/${name}`, async () => {
    const token = await ctx.secret(chosen.token);
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token.reveal()}`,
      'user-agent': 'locum',
      'x-github-api-version': '2022-11-28',
    };
    return serviceAt({ system: 'github', url: chosen.url, headers }, ctx);
  });
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

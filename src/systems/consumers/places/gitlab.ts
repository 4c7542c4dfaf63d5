import { z } from 'zod';
import { ConfigError, RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { httpsUrl } from '../../protocols/http/grammar.ts';
import { connectionOf, definePlace } from '../place.ts';
import { pathOf, type Send, serviceAt } from './rest.ts';

const connection = z.strictObject({
  url: httpsUrl.default('https://gitlab.com/').describe('Address of the GitLab instance'),
  token: secretRefSchema.describe('Access token with the scope api, of a Maintainer'),
});

const variableName = z.string().regex(/^\w{1,255}$/, 'letters, digits and _');
const target = z
  .strictObject({
    to: z.literal('gitlab'),
    connection: z.string().optional(),
    project: z.string().min(1).optional().describe('Path of the project, or its number'),
    group: z.string().min(1).optional().describe('Path of the group, or its number'),
    environment: z.string().min(1).default('*').describe('Scope of environments'),
    passwordVariable: variableName,
    userVariable: variableName.optional(),
    protected: z.boolean().default(false).describe('Whether only protected branches and tags get it'),
    hidden: z.boolean().default(false).describe('Whether GitLab shows the password to nobody, once Locum has made it'),
  })
  .refine(({ project, group }) => (project === undefined) !== (group === undefined), 'exactly one of project and group')
  .describe('CI/CD variables of GitLab');
type GitlabTarget = z.infer<typeof target>;

/** docs.gitlab.com/api/project_level_variables; of a hidden variable `value` is null. */
const variableAnswer = z.looseObject({ value: z.string().nullable() });

/** Variables of a project or group: masked in the log of a job, but told to who may see them. */
export const gitlab = definePlace<GitlabTarget>({
  kind: 'gitlab',
  target,
  connection,
  title: ({ project, group, passwordVariable }) => `${passwordVariable} of ${project ?? group}`,
  segments: ({ connection: name = '', project, group, environment, passwordVariable }) => [
    name,
    project === undefined ? 'group' : 'project',
    project ?? group ?? '',
    environment,
    passwordVariable,
  ],

  async look(declared, _expected, ctx) {
    const send = await session(declared, ctx);
    const read = async (name: string) => {
      const url = `${folder(declared)}/${name}${scope(declared)}`;
      const response = await send({ operation: 'read variable', url, expect: [200, 404] });
      return response.status === 404 ? undefined : (await answerOf(variableAnswer, response)).value;
    };
    const secret = await read(declared.passwordVariable);
    if (secret === undefined) return { is: 'absent' };
    if (secret === null) return { is: 'opaque' };
    const login = declared.userVariable === undefined ? undefined : await read(declared.userVariable);
    return { is: 'readable', secret: new Secret(secret), ...(typeof login === 'string' ? { login } : {}) };
  },

  async write(declared, { login, secret }, ctx) {
    const { passwordVariable, userVariable, hidden } = declared;
    const masked = MASKABLE.test(secret.reveal());
    if (hidden && !masked) {
      throw new ConfigError('ERR_CONFIG', `GitLab can't hide ${passwordVariable}: the secret can't be masked`, {
        remedy:
          'it hides one line of 8 characters or more without blanks: leave out `hidden`, or keep another secret there',
      });
    }
    const send = await session(declared, ctx);
    await put(send, declared, passwordVariable, secret.reveal(), { masked, hidden });
    if (userVariable !== undefined && login !== undefined) await put(send, declared, userVariable, login, {});
    return { variable: passwordVariable, masked };
  },

  async remove(declared, _copy, ctx) {
    const send = await session(declared, ctx);
    for (const name of [declared.passwordVariable, declared.userVariable]) {
      if (name === undefined) continue;
      const url = `${folder(declared)}/${name}${scope(declared)}`;
      await send({ operation: 'delete variable', method: 'DELETE', url, expect: [204, 404] });
    }
    return { variable: declared.passwordVariable };
  },
});

/** GitLab refuses to mask anything else: one line, at least 8 characters, none of them a blank. */
const MASKABLE = /^\S{8,}$/;

async function put(
  send: Send,
  declared: GitlabTarget,
  key: string,
  value: string,
  { masked = false, hidden = false }: { readonly masked?: boolean; readonly hidden?: boolean },
): Promise<void> {
  const settings = {
    value,
    masked,
    // Otherwise a $ in the value would be taken for a reference to another variable.
    raw: true,
    protected: declared.protected,
    environment_scope: declared.environment,
  };
  const updated = await send({
    operation: 'update variable',
    method: 'PUT',
    url: `${folder(declared)}/${key}${scope(declared)}`,
    body: JSON.stringify(settings),
    expect: [200, 400, 404],
  });
  if (updated.status === 400) {
    throw new RemoteError('ERR_REMOTE_REFUSED', {
      system: 'gitlab',
      operation: 'update variable',
      status: 400,
      // A variable that was hidden once stays masked, and takes nothing else.
      remedy: masked
        ? `look at ${key} in the settings of GitLab: it does not take the value as a masked one`
        : `if ${key} is hidden there, delete it: a hidden variable takes only what can be masked`,
    });
  }
  if (updated.status === 200) return;
  await send({
    operation: 'create variable',
    method: 'POST',
    url: folder(declared),
    // Only a new variable can be hidden.
    body: JSON.stringify({ key, ...settings, ...(hidden ? { masked_and_hidden: true } : {}) }),
    expect: [201],
  });
}

function folder({ project, group }: GitlabTarget): string {
  return project === undefined
    ? pathOf('api', 'v4', 'groups', group ?? '', 'variables')
    : pathOf('api', 'v4', 'projects', project, 'variables');
}

/** Several variables may have one name, each in a scope of its own. */
function scope({ environment }: GitlabTarget): string {
  return `?${new URLSearchParams({ 'filter[environment_scope]': environment })}`;
}

function session(declared: GitlabTarget, ctx: SystemContext): Promise<Send> {
  const { name, connection: chosen } = connectionOf('gitlab', connection, declared, ctx.manifest);
  return ctx.memo(`consumers/gitlab/${name}`, async () => {
    const token = await ctx.secret(chosen.token);
    return serviceAt({ system: 'gitlab', url: chosen.url, headers: { 'private-token': token.reveal() } }, ctx);
  });
}

import { z } from 'zod';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
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
    protected: z.boolean().default(false).describe('Whether only protected branches get it'),
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
      return response.status === 404 ? undefined : variableAnswer.parse(await response.json()).value;
    };
    const secret = await read(declared.passwordVariable);
    if (secret === undefined) return { is: 'absent' };
    if (secret === null) return { is: 'opaque' };
    const login = declared.userVariable === undefined ? undefined : await read(declared.userVariable);
    return { is: 'readable', secret: new Secret(secret), ...(typeof login === 'string' ? { login } : {}) };
  },

  async write(declared, { login, secret }, ctx) {
    const send = await session(declared, ctx);
    await put(send, declared, declared.passwordVariable, secret.reveal(), MASKABLE.test(secret.reveal()));
    if (declared.userVariable !== undefined && login !== undefined) {
      await put(send, declared, declared.userVariable, login, false);
    }
    return { variable: declared.passwordVariable };
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

async function put(send: Send, declared: GitlabTarget, key: string, value: string, masked: boolean): Promise<void> {
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
    expect: [200, 404],
  });
  if (updated.status !== 404) return;
  await send({
    operation: 'create variable',
    method: 'POST',
    url: folder(declared),
    body: JSON.stringify({ key, ...settings }),
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

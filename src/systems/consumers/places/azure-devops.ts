import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { httpsUrl } from '../../protocols/http/grammar.ts';
import { connectionOf, definePlace } from '../place.ts';
import { pathOf, type Send, serviceAt } from './rest.ts';

const connection = z.strictObject({
  url: httpsUrl.describe('Address of the organization, e.g. https://dev.azure.com/acme'),
  token: secretRefSchema.describe('Personal access token with Variable Groups (Read, create, & manage)'),
});

const variableName = z.string().regex(/^[\w.-]{1,256}$/, 'letters, digits, dots, dashes and _');
const target = z
  .strictObject({
    to: z.literal('azureDevOps'),
    connection: z.string().optional(),
    project: z.string().min(1),
    group: z.string().min(1).describe('Name of a variable group that is there'),
    passwordVariable: variableName,
    userVariable: variableName.optional(),
  })
  .describe('Variables of a variable group of Azure DevOps');
type AzureTarget = z.infer<typeof target>;

const API = 'api-version=7.1';

/** learn.microsoft.com/rest/api/azure/devops/distributedtask/variablegroups; the value of a secret is null. */
const variable = z.looseObject({ value: z.string().nullish(), isSecret: z.boolean().nullish() });
const groupAnswer = z.looseObject({
  id: z.number(),
  name: z.string(),
  variables: z.record(z.string(), variable),
  modifiedOn: z.iso.datetime({ offset: true }).optional(),
});
const groupsAnswer = z.looseObject({ value: z.array(groupAnswer) });
type Group = z.infer<typeof groupAnswer>;

/** Secret variables of a group. The group itself is made by its owner: pipelines need to be permitted to use it. */
export const azureDevOps = definePlace<AzureTarget>({
  kind: 'azureDevOps',
  target,
  connection,
  title: ({ project, group, passwordVariable }) => `${passwordVariable} of ${group} in ${project}`,
  segments: ({ connection: name = '', project, group, passwordVariable }) => [name, project, group, passwordVariable],

  async look(declared, _expected, ctx) {
    const found = await groupOf(declared, await session(declared, ctx));
    const kept = found.variables[declared.passwordVariable];
    if (!kept) return { is: 'absent' };
    // The time is that of the whole group: it proves that a secret is old, and not that it is new.
    return found.modifiedOn === undefined ? { is: 'opaque' } : { is: 'dated', at: Date.parse(found.modifiedOn) };
  },

  async write(declared, { login, secret }, ctx) {
    const send = await session(declared, ctx);
    const found = await groupOf(declared, send);
    await replace(send, found, {
      ...found.variables,
      ...(declared.userVariable === undefined || login === undefined
        ? {}
        : { [declared.userVariable]: { value: login } }),
      [declared.passwordVariable]: { value: secret.reveal(), isSecret: true },
    });
    return { group: declared.group, variable: declared.passwordVariable };
  },

  async remove(declared, _copy, ctx) {
    const send = await session(declared, ctx);
    const found = await groupOf(declared, send);
    const mine = [declared.passwordVariable, declared.userVariable];
    const others = Object.entries(found.variables).filter(([name]) => !mine.includes(name));
    await replace(send, found, Object.fromEntries(others));
    return { group: declared.group, variable: declared.passwordVariable };
  },
});

/** assumed, as Azure's own command line does: a secret that comes back as null keeps its value. */
async function replace(send: Send, found: Group, variables: Group['variables']): Promise<void> {
  await send({
    operation: 'update variable group',
    method: 'PUT',
    url: `_apis/distributedtask/variablegroups/${found.id}?${API}`,
    body: JSON.stringify({ ...found, variables }),
  });
}

async function groupOf({ project, group }: AzureTarget, send: Send): Promise<Group> {
  const url = `${pathOf(project)}/_apis/distributedtask/variablegroups?${new URLSearchParams({ groupName: group })}&${API}`;
  const response = await send({ operation: 'read variable group', url });
  const found = groupsAnswer.parse(await response.json()).value.find(({ name }) => name === group);
  if (found) return found;
  throw new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'azureDevOps',
    operation: `find the variable group ${group}`,
    status: 200,
    remedy: `create it in ${project}, and permit the pipelines to use it`,
  });
}

function session(declared: AzureTarget, ctx: SystemContext): Promise<Send> {
  const { name, connection: chosen } = connectionOf('azureDevOps', connection, declared, ctx.manifest);
  return ctx.memo(`consumers/azureDevOps/${name}`, async () => {
    const token = await ctx.secret(chosen.token);
    const authorization = `Basic ${Buffer.from(`:${token.reveal()}`).toString('base64')}`;
    return serviceAt({ system: 'azureDevOps', url: chosen.url, headers: { authorization } }, ctx);
  });
}

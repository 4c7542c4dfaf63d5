import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
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
/** A token that is not good leads to the sign-in page of people: at once, or by a redirection. */
const SIGN_IN = [203, 302];

/** learn.microsoft.com/rest/api/azure/devops/distributedtask/variablegroups; the value of a secret is null. */
const variable = z.looseObject({ value: z.string().nullish(), isSecret: z.boolean().nullish() });
const groupAnswer = z.looseObject({
  id: z.number(),
  name: z.string(),
  type: z.string(),
  description: z.string().nullish(),
  providerData: z.unknown().optional(),
  variables: z.record(z.string(), variable),
  modifiedOn: z.iso.datetime({ offset: true }).optional(),
  variableGroupProjectReferences: z.array(z.unknown()).nullish(),
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
    const { variables, modifiedOn } = await groupOf(declared, await session(declared, ctx));
    if (keyIn(variables, declared.passwordVariable) === undefined) return { is: 'absent' };
    // The time is that of the whole group: it proves that a secret is old, and not that it is new.
    return modifiedOn === undefined ? { is: 'opaque' } : { is: 'dated', at: Date.parse(modifiedOn), shared: true };
  },

  async write(declared, { login, secret }, ctx) {
    const password = { [declared.passwordVariable]: { value: secret.reveal(), isSecret: true } };
    const { userVariable } = declared;
    const user = userVariable === undefined || login === undefined ? {} : { [userVariable]: { value: login } };
    await replace(declared, [], { ...user, ...password }, await session(declared, ctx));
    return { group: declared.group, variable: declared.passwordVariable };
  },

  async remove(declared, _copy, ctx) {
    const names = [declared.passwordVariable, declared.userVariable];
    await replace(declared, names, {}, await session(declared, ctx));
    return { group: declared.group, variable: declared.passwordVariable };
  },
});

/**
 * Takes variables away, and puts others there. A group is replaced as a whole, so everything else goes back as it came:
 * a secret as null, which keeps its value (**assumed**: Azure's own command line does so).
 */
async function replace(
  declared: AzureTarget,
  away: readonly (string | undefined)[],
  ours: Group['variables'],
  send: Send,
): Promise<void> {
  const { id } = await groupOf(declared, send);
  // The list of groups leaves out which projects share one, and without them Azure refuses the group.
  const url = `${pathOf(declared.project)}/_apis/distributedtask/variablegroups/${id}?${API}`;
  const found = await answerOf(groupAnswer, await send({ operation: 'read variable group', url }));
  const { name, type, description, providerData, variables, variableGroupProjectReferences } = found;
  if (type !== 'Vsts') {
    throw new RemoteError('ERR_REMOTE_CONFLICT', {
      system: 'azureDevOps',
      operation: `write into the variable group ${name}`,
      status: 200,
      serviceCode: type,
      remedy: 'its variables come from elsewhere, as those of Azure Key Vault: choose a group that has its own',
    });
  }
  const mine = [...away, ...Object.keys(ours)].map((one) => one && keyIn(variables, one));
  const others = Object.entries(variables).filter(([key]) => !mine.includes(key));
  await send({
    operation: 'update variable group',
    method: 'PUT',
    url: `_apis/distributedtask/variablegroups/${id}?${API}`,
    body: JSON.stringify({
      name,
      type,
      description,
      providerData,
      variableGroupProjectReferences,
      variables: { ...Object.fromEntries(others), ...ours },
    }),
  });
}

/** How a variable is written in the group: capital and small letters are the same there. */
function keyIn(variables: Group['variables'], name: string): string | undefined {
  return Object.keys(variables).find((key) => key.toLowerCase() === name.toLowerCase());
}

async function groupOf({ project, group }: AzureTarget, send: Send): Promise<Group> {
  const url = `${pathOf(project)}/_apis/distributedtask/variablegroups?${new URLSearchParams({ groupName: group })}&${API}`;
  const response = await send({ operation: 'read variable group', url });
  const found = (await answerOf(groupsAnswer, response)).value.find(({ name }) => name === group);
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
    const send = serviceAt({ system: 'azureDevOps', url: chosen.url, headers: { authorization } }, ctx);
    return async (call) => {
      const response = await send({ ...call, expect: [200, ...SIGN_IN] });
      if (response.status === 200) return response;
      throw new RemoteError('ERR_REMOTE_CREDENTIALS', {
        system: 'azureDevOps',
        operation: call.operation,
        status: response.status,
        remedy: `the token of connections.azureDevOps.${name} has ended, or is of another organization: give it a new one`,
      });
    };
  });
}

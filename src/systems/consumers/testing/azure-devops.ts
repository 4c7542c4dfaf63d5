import { type Double, type Handler, json, router } from './double.ts';

const BASE = 'https://dev.azure.com/acme';

type Variables = Record<string, { value?: string | null; isSecret?: boolean }>;

/**
 * A variable group (learn.microsoft.com/rest/api/azure/devops/distributedtask/variablegroups; answers as recorded for
 * Azure/azure-devops-cli-extension e547b4a, test_variable_group.yaml). Secrets are told as null, and names of variables
 * are the same in capital and small letters; only the group by itself tells which projects share it.
 */
export function createAzureDevOps(now: () => number, { type = 'Vsts' } = {}): Double {
  let variables: Variables = { other: { value: 'secret of somebody', isSecret: true }, plain: { value: 'x' } };
  let modifiedAt = Date.UTC(2026, 0, 1);
  let writes = 0;
  let references: unknown = [
    { projectReference: { id: 'p-1', name: 'Delivery' }, name: 'btp', description: 'of the team' },
    { projectReference: { id: 'p-2', name: 'Other' }, name: 'btp-too', description: 'of the team' },
  ];
  const allowed =
    (handle: Handler): Handler =>
    (request, match) => {
      const login = `Basic ${Buffer.from(':azure-token').toString('base64')}`;
      // A token that is not good is sent to the sign-in of people (learn.microsoft.com, *Use personal access tokens*).
      if (request.headers.get('authorization') !== login) return new Response('<html>', { status: 203 });
      if (new URL(request.url).searchParams.get('api-version') !== '7.1')
        return json(400, { message: 'VersionNeeded' });
      return handle(request, match);
    };
  const group = (variableGroupProjectReferences: unknown) => ({
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, one]) => [name, one.isSecret ? { ...one, value: null } : one]),
    ),
    id: 7,
    type,
    name: 'btp',
    description: 'of the team',
    createdBy: { id: 'u-1', displayName: null },
    createdOn: '2026-01-01T00:00:00.9866667Z',
    modifiedBy: { id: 'u-1', displayName: null },
    modifiedOn: new Date(modifiedAt).toISOString(),
    isShared: true,
    variableGroupProjectReferences,
  });
  const kept = (name: string) => {
    const found = Object.entries(variables).find(([key]) => key.toLowerCase() === name.toLowerCase());
    return found?.[1].value ?? undefined;
  };
  return {
    fetch: router({
      [`GET ${BASE}/Delivery/_apis/distributedtask/variablegroups`]: allowed((request) => {
        const wanted = new URL(request.url).searchParams.get('groupName');
        const value = wanted === 'btp' ? [group(null)] : [];
        return json(200, { count: value.length, value });
      }),
      [`GET ${BASE}/Delivery/_apis/distributedtask/variablegroups/7`]: allowed(() => json(200, group(references))),
      [`PUT ${BASE}/_apis/distributedtask/variablegroups/7`]: allowed(async (request) => {
        const given = (await request.json()) as { variables: Variables; variableGroupProjectReferences?: unknown[] };
        if (!given.variableGroupProjectReferences?.length)
          return json(400, { message: 'VariableGroupProjectReferences' });
        const names = Object.keys(given.variables).map((name) => name.toLowerCase());
        if (new Set(names).size < names.length) return json(400, { message: 'DuplicateKey' });
        // assumed: a secret without a value keeps the one it has.
        variables = Object.fromEntries(
          Object.entries(given.variables).map(([name, one]) => [
            name,
            one.isSecret && (one.value ?? undefined) === undefined ? { ...one, value: kept(name) ?? null } : one,
          ]),
        );
        references = given.variableGroupProjectReferences;
        modifiedAt = now();
        writes++;
        return json(200, group(references));
      }),
    }),
    connections: { azureDevOps: { acme: { url: BASE, token: 'env:AZURE_TOKEN' } } },
    secrets: { AZURE_TOKEN: 'azure-token' },
    target: {
      to: 'azureDevOps',
      project: 'Delivery',
      group: 'btp',
      passwordVariable: 'cf.password',
      userVariable: 'cf.user',
    },
    stored() {
      const [secret, login] = [kept('cf.password'), kept('cf.user')];
      return secret === undefined ? undefined : { secret, ...(login ? { login } : {}) };
    },
    writes: () => writes,
    overwrite: (value) => {
      variables = { ...variables, 'CF.Password': { value, isSecret: true } };
    },
    neighbours: () => [variables.other, variables.plain, references],
  };
}

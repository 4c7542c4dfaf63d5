import { type Double, json, router } from './double.ts';

const BASE = 'https://dev.azure.com/acme';

type Variables = Record<string, { value: string | null; isSecret?: boolean }>;

/** Variable groups (learn.microsoft.com/rest/api/azure/devops/distributedtask/variablegroups): secrets are told as null. */
export function createAzureDevOps(now: () => number): Double {
  let variables: Variables = { other: { value: 'secret of somebody', isSecret: true }, plain: { value: 'x' } };
  let modifiedAt = Date.UTC(2026, 0, 1);
  let writes = 0;
  const allowed = (request: Request) =>
    request.headers.get('authorization') === `Basic ${Buffer.from(':azure-token').toString('base64')}` &&
    new URL(request.url).searchParams.get('api-version') === '7.1';
  const told = () =>
    Object.fromEntries(
      Object.entries(variables).map(([name, one]) => [name, one.isSecret ? { ...one, value: null } : one]),
    );
  return {
    fetch: router({
      [`GET ${BASE}/Delivery/_apis/distributedtask/variablegroups`]: (request) => {
        if (!allowed(request)) return json(401, {});
        const value = [
          { id: 7, name: 'btp', type: 'Vsts', variables: told(), modifiedOn: new Date(modifiedAt).toISOString() },
        ];
        const wanted = new URL(request.url).searchParams.get('groupName');
        return json(200, { count: 1, value: value.filter(({ name }) => name === wanted) });
      },
      [`PUT ${BASE}/_apis/distributedtask/variablegroups/7`]: async (request) => {
        if (!allowed(request)) return json(401, {});
        const given = (await request.json()) as { name: string; variables: Variables };
        // assumed: null keeps the value of a secret.
        variables = Object.fromEntries(
          Object.entries(given.variables).map(([name, one]) => [
            name,
            one.isSecret && one.value === null ? { ...one, value: variables[name]?.value ?? null } : one,
          ]),
        );
        modifiedAt = now();
        writes++;
        return json(200, { id: 7, name: given.name, variables: told() });
      },
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
      const [secret, login] = [variables['cf.password']?.value, variables['cf.user']?.value];
      return secret === undefined || secret === null ? undefined : { secret, ...(login ? { login } : {}) };
    },
    writes: () => writes,
    neighbours: () => [variables.other, variables.plain],
  };
}

import { type Double, json, router } from './double.ts';

const FOLDER = 'https://gitlab.com/api/v4/projects/acme%2Fapp/variables';

/** Variables of a project (docs.gitlab.com/api/project_level_variables): a name may be there once in each scope. */
export function createGitlab(): Double {
  const kept = new Map<string, Record<string, unknown>>([['CF_PASSWORD prod', { value: 'of another scope' }]]);
  let writes = 0;
  const allowed = (request: Request) => request.headers.get('private-token') === 'gitlab-token';
  const key = (request: Request, name: string) =>
    `${name} ${new URL(request.url).searchParams.get('filter[environment_scope]') ?? '*'}`;
  const refused = (value: Record<string, unknown>) => value.masked === true && !/^\S{8,}$/.test(String(value.value));
  return {
    fetch: router({
      [`GET ${FOLDER}/:name`]: (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: '401 Unauthorized' });
        const found = kept.get(key(request, name));
        return found ? json(200, { key: name, ...found }) : json(404, { message: '404 Variable Not Found' });
      },
      [`PUT ${FOLDER}/:name`]: async (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: '401 Unauthorized' });
        if (!kept.has(key(request, name))) return json(404, { message: '404 Variable Not Found' });
        const value = (await request.json()) as Record<string, unknown>;
        if (refused(value)) return json(400, { message: { value: ['is invalid'] } });
        if (JSON.stringify(kept.get(key(request, name))) !== JSON.stringify(value)) writes++;
        kept.set(key(request, name), value);
        return json(200, { key: name, ...value });
      },
      [`POST ${FOLDER}`]: async (request) => {
        if (!allowed(request)) return json(401, { message: '401 Unauthorized' });
        const { key: name, ...value } = (await request.json()) as Record<string, unknown>;
        if (refused(value)) return json(400, { message: { value: ['is invalid'] } });
        kept.set(`${name} ${value.environment_scope}`, value);
        writes++;
        return json(201, { key: name, ...value });
      },
      [`DELETE ${FOLDER}/:name`]: (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: '401 Unauthorized' });
        if (!kept.delete(key(request, name))) return json(404, { message: '404 Variable Not Found' });
        writes++;
        return new Response(null, { status: 204 });
      },
    }),
    connections: { gitlab: { main: { token: 'env:GITLAB_TOKEN' } } },
    secrets: { GITLAB_TOKEN: 'gitlab-token' },
    target: { to: 'gitlab', project: 'acme/app', passwordVariable: 'CF_PASSWORD', userVariable: 'CF_USERNAME' },
    stored() {
      const [secret, login] = ['CF_PASSWORD', 'CF_USERNAME'].map(
        (name) => kept.get(`${name} *`)?.value as string | undefined,
      );
      return secret === undefined ? undefined : { secret, ...(login === undefined ? {} : { login }) };
    },
    writes: () => writes,
    neighbours: () => kept.get('CF_PASSWORD prod'),
  };
}

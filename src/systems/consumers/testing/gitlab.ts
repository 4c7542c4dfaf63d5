import { type Double, type Handler, json, router } from './double.ts';

const PLACES = {
  project: { folder: 'https://gitlab.com/api/v4/projects/acme%2Fapp/variables', of: { project: 'acme/app' } },
  group: { folder: 'https://gitlab.com/api/v4/groups/acme%2Fdelivery/variables', of: { group: 'acme/delivery' } },
} as const;

interface Variable {
  readonly value: string;
  readonly masked: boolean;
  readonly hidden: boolean;
  readonly raw: boolean;
  readonly protected: boolean;
  readonly environment_scope: string;
  readonly description: string | null;
}
const DEFAULTS = {
  masked: false,
  hidden: false,
  raw: false,
  protected: false,
  environment_scope: '*',
  description: null,
};
const ANOTHER: Variable = { ...DEFAULTS, value: 'of another scope', environment_scope: 'prod' };

export interface GitlabOptions {
  /** @default 'project' */
  readonly place?: keyof typeof PLACES;
  /** More keys of the target. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * Variables (docs.gitlab.com/api/project_level_variables; gitlabhq `lib/api/ci/variables.rb`, `lib/api/group_variables.rb`,
 * `app/models/concerns/ci/maskable.rb` and `hidable_variable.rb`): a name may be there once in each scope.
 */
export function createGitlab({ place = 'project', more = {} }: GitlabOptions = {}) {
  const { folder, of } = PLACES[place];
  const kept = new Map<string, Variable>([['CF_PASSWORD prod', ANOTHER]]);
  let writes = 0;
  const scopeOf = (request: Request) => new URL(request.url).searchParams.get('filter[environment_scope]');
  const view = (key: string, { value, ...rest }: Variable) => ({
    variable_type: 'env_var',
    key,
    value: rest.hidden ? null : value,
    ...rest,
  });
  const known =
    (handle: Handler): Handler =>
    (request, match) =>
      request.headers.get('private-token') === 'gitlab-token'
        ? handle(request, match)
        : json(401, { message: '401 Unauthorized' });
  /** The one variable of this name in the scope of the filter. */
  const found =
    (handle: (request: Request, key: string, name: string, variable: Variable) => Response | Promise<Response>) =>
    (request: Request, { name = '' }: Readonly<Record<string, string>>) => {
      const scope = scopeOf(request);
      const keys = [...kept.keys()].filter(
        (key) => key === `${name} ${scope}` || (!scope && key.startsWith(`${name} `)),
      );
      if (keys.length > 1) return json(409, { message: 'There are multiple variables with provided parameters.' });
      const [key = ''] = keys;
      const variable = kept.get(key);
      if (!variable) return json(404, { message: `404 ${place === 'group' ? 'Group' : ''}Variable Not Found` });
      return handle(request, key, name, variable);
    };
  const invalid = ({ masked, raw, value }: Variable) =>
    masked && !(raw ? /^\S{8,}$/ : /^[a-zA-Z0-9_+=/@:.~-]{8,}$/).test(value);
  return {
    fetch: router({
      [`GET ${folder}/:name`]: known(found((_request, _key, name, variable) => json(200, view(name, variable)))),
      [`PUT ${folder}/:name`]: known(
        found(async (request, key, name, variable) => {
          const next = { ...variable, ...((await request.json()) as Partial<Variable>) };
          if (variable.hidden && !next.masked) {
            return json(400, {
              message: { base: ['Updating masked attribute is not allowed on updates for hidden variables.'] },
            });
          }
          if (invalid(next)) return json(400, { message: { value: ['is invalid'] } });
          if (JSON.stringify(variable) !== JSON.stringify(next)) writes++;
          kept.delete(key);
          kept.set(`${name} ${next.environment_scope}`, next);
          return json(200, view(name, next));
        }),
      ),
      [`POST ${folder}`]: known(async (request) => {
        const { key, masked_and_hidden, ...given } = (await request.json()) as Variable & {
          key: string;
          masked_and_hidden?: boolean;
        };
        const hidden = masked_and_hidden === true;
        const next: Variable = { ...DEFAULTS, ...given, masked: given.masked || hidden, hidden };
        if (invalid(next)) return json(400, { message: { value: ['is invalid'] } });
        if (kept.has(`${key} ${next.environment_scope}`))
          return json(400, { message: { key: [`(${key}) has already been taken`] } });
        kept.set(`${key} ${next.environment_scope}`, next);
        writes++;
        return json(201, view(key, next));
      }),
      [`DELETE ${folder}/:name`]: known(
        found((_request, key) => {
          kept.delete(key);
          writes++;
          return new Response(null, { status: 204 });
        }),
      ),
    }),
    connections: { gitlab: { main: { token: 'env:GITLAB_TOKEN' } } },
    secrets: { GITLAB_TOKEN: 'gitlab-token' },
    target: { to: 'gitlab', ...of, passwordVariable: 'CF_PASSWORD', userVariable: 'CF_USERNAME', ...more },
    stored() {
      const [secret, login] = ['CF_PASSWORD', 'CF_USERNAME'].map((name) => kept.get(`${name} *`)?.value);
      return secret === undefined ? undefined : { secret, ...(login === undefined ? {} : { login }) };
    },
    writes: () => writes,
    neighbours: () => kept.get('CF_PASSWORD prod'),
    settings: () => kept.get('CF_PASSWORD *'),
  } satisfies Double & Record<string, unknown>;
}

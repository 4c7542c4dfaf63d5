import type { Description } from '../judge.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
/** What may be told of a variable; only a new one can be hidden. */
const settings = {
  value: text,
  protected: flag,
  masked: flag,
  raw: flag,
  variable_type: { type: 'string', enum: ['env_var', 'file'] },
  environment_scope: text,
  description: text,
} as const;
const variable = {
  type: 'object',
  properties: {
    variable_type: settings.variable_type,
    key: text,
    value: { type: ['string', 'null'] },
    hidden: flag,
    protected: flag,
    masked: flag,
    raw: flag,
    environment_scope: text,
    description: { type: ['string', 'null'] },
  },
  required: ['variable_type', 'key', 'value', 'hidden', 'protected', 'masked', 'raw', 'environment_scope'],
} as const;
const filter = [{ name: 'filter[environment_scope]', in: 'query' }] as const;
const body = (properties: object, required: readonly string[]) => ({
  required: true,
  content: { 'application/json': { schema: { type: 'object', properties, required, additionalProperties: false } } },
});
const told = (type: string | readonly string[]) => ({
  schema: { type: 'object', properties: { message: { type } }, required: ['message'] },
});

const one = {
  get: { parameters: filter, responses: { 200: { schema: variable } } },
  put: { parameters: filter, requestBody: body(settings, []), responses: { 200: { schema: variable } } },
  delete: { parameters: filter, responses: { 204: {} } },
};
const all = {
  post: {
    requestBody: body({ key: { type: 'string', pattern: '^\\w{1,255}$' }, masked_and_hidden: flag, ...settings }, [
      'key',
      'value',
    ]),
    responses: { 201: { schema: variable } },
  },
};

/** Our own words for what the documentation and the source of GitLab say. */
export const gitlabDescription = {
  source:
    'gitlabhq/gitlabhq lib/api/ci/variables.rb, lib/api/group_variables.rb, lib/api/entities/ci/variable.rb; docs.gitlab.com/api/project_level_variables, group_level_variables, rest/troubleshooting',
  paths: {
    '/api/v4/projects/{id}/variables': all,
    '/api/v4/projects/{id}/variables/{key}': one,
    '/api/v4/groups/{id}/variables': all,
    '/api/v4/groups/{id}/variables/{key}': one,
  },
  refusals: {
    // What is wrong with an attribute is told under its name.
    400: told(['string', 'object']),
    401: told('string'),
    403: told('string'),
    404: told('string'),
    409: told('string'),
    429: {},
  },
} as unknown as Description;

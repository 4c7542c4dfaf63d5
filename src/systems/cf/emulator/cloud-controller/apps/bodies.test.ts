import { refusals, structure } from '../../testing/bodies.ts';

const space = { space: { data: { guid: '{space}' } } };

// Bodies of apps and of what they are connected with (cloud_controller_ng 3.194.0, app/messages, app/actions).
refusals([
  [
    'POST /v3/routes',
    { host: 'a b', path: 'p', port: -1, relationships: { ...space, domain: { data: { guid: '{public_domain}' } } } },
    'Host must be either "*" or contain only alphanumeric characters, "_", or "-", Path must begin with /, Port must be greater than or equal to 0',
  ],
  [
    'POST /v3/routes',
    { relationships: { ...space, domain: { data: { guid: '{public_domain}' } } } },
    'Missing host. Routes in shared domains must have a host defined.',
  ],
  [
    'POST /v3/routes',
    { host: 'a', relationships: { ...space, domain: { data: { guid: 'king' } } } },
    'Invalid domain. Ensure that the domain exists and you have access to it.',
  ],
  [
    'POST /v3/routes',
    { host: 'a', relationships: { ...space, domain: { data: { guid: '{public_domain}' } } }, options: { king: 1 } },
    "Options Unknown field(s): 'king'",
  ],
  [
    'POST /v3/routes/{route}/destinations',
    { destinations: [{ app: {} }, 1] },
    'Destinations[0]: app must have the structure {"guid": "app_guid"}, Destinations[1]: must be an object.',
  ],
  [
    'POST /v3/routes/{route}/destinations',
    { destinations: [] },
    'Destinations must be an array containing between 1 and 100 destination objects.',
  ],
  [
    'POST /v3/routes/{route}/destinations',
    { destinations: [{ app: { guid: 'king' } }] },
    'App(s) with guid(s) "king" do not exist.',
  ],

  ['POST /v3/apps', { relationships: space }, 'Name must be a string'],
  [
    'POST /v3/apps',
    { name: 'a', relationships: { space: {} } },
    `Relationships Space can't be blank, Relationships Space ${structure('space')}`,
  ],
  [
    'POST /v3/apps',
    { name: 'a', relationships: { space: { data: { guid: 'king' } } } },
    'Invalid space. Ensure that the space exists and you have access to it.',
  ],
  [
    'POST /v3/apps',
    { name: 'a', relationships: space, environment_variables: 1 },
    'Environment variables must be an object',
  ],
  [
    'POST /v3/apps',
    { name: 'a', relationships: space, lifecycle: { type: 'king', data: {} } },
    'Lifecycle type is not included in the list: buildpack, docker, cnb',
  ],
  [
    'POST /v3/apps',
    { name: 'a', relationships: space, lifecycle: { type: 'docker' } },
    'Lifecycle data must be an object',
  ],
  ['PATCH /v3/apps/{app}/environment_variables', { var: { PORT: '1' } }, 'Var cannot set PORT'],
  [
    'PATCH /v3/apps/{app}/environment_variables',
    { var: { A: 1 } },
    "Non-string value in environment variable for key 'A', value '1'",
  ],
  ['POST /v3/apps/{app}/actions/start', undefined, 'Assign a droplet before starting this app.'],
  [
    'PATCH /v3/apps/{app}/relationships/current_droplet',
    { data: null },
    'Current droplet cannot be removed. Replace it with a preferred droplet.',
  ],
  [
    'PATCH /v3/apps/{app}/relationships/current_droplet',
    { data: { guid: 'king' } },
    'Unable to assign current droplet. Ensure the droplet exists and belongs to this app.',
  ],
  [
    'POST /v3/processes/{process}/actions/scale',
    { instances: 'many', memory_in_mb: 0 },
    'Instances is not a number, Memory in mb must be greater than 0',
  ],
  [
    'PATCH /v3/processes/{process}',
    { command: '', health_check: { type: 'king', data: { timeout: 0 } } },
    'Command must be between 1 and 4096 characters, Health check type must be "port", "process", or "http", Health check timeout must be greater than or equal to 1',
  ],
  [
    'POST /v3/packages',
    { type: 'king', relationships: { app: { data: { guid: '{app}' } } } },
    "Type must be one of 'bits, docker'",
  ],
  [
    'POST /v3/packages',
    { type: 'docker', relationships: { app: { data: { guid: '{app}' } } } },
    'Data Image must be a string, Data Image required',
  ],
  [
    'POST /v3/builds',
    {},
    "Package guid can't be blank, Package guid must be a string, Package guid must be between 1 and 200 characters",
  ],
  [
    'POST /v3/builds',
    { package: { guid: 'king' } },
    'Unable to use package. Ensure that the package exists and you have access to it.',
  ],
  ['POST /v3/deployments', {}, 'Unable to use app. Ensure that the app exists and you have access to it.'],
  [
    'POST /v3/deployments',
    { strategy: 'recreate', options: { king: 1 } },
    "Strategy 'recreate' is not a supported deployment strategy, Options has unsupported key(s): king",
  ],
  ...[
    [{ max_in_flight: 0 }, 'Max in flight must be an integer greater than 0'],
    [
      { web_instances: -1, memory_in_mb: 0 },
      'Web instances must be greater than or equal to 0, Memory in mb must be greater than 0',
    ],
    [{ canary: {} }, 'Options canary are only valid for Canary deployments'],
  ].map(([options, detail]) => ['POST /v3/deployments', { options }, detail] as [string, unknown, string]),
  ...[
    [[{ instance_weight: 0 }], ' instance weight must be an Integer between 1-100 (inclusive)'],
    [[{ instance_weight: 50 }, { instance_weight: 20 }], ' instance weight must be sorted in ascending order'],
    [
      [{ weight: 1 }],
      ' has unsupported key(s): weight, Options canary steps missing key: "instance_weight", Options canary steps instance weight must be an Integer between 1-100 (inclusive)',
    ],
    [[1], ' must be an array of objects'],
  ].map(
    ([steps, detail]) =>
      [
        'POST /v3/deployments',
        { strategy: 'canary', options: { canary: { steps } } },
        `Options canary steps${detail}`,
      ] as [string, unknown, string],
  ),

  [
    'POST /v3/service_instances',
    { type: 'king', name: 1, relationships: space },
    "Type must be one of 'managed', 'user-provided', Name must be a string",
  ],
  [
    'POST /v3/service_instances',
    {
      type: 'user-provided',
      relationships: space,
      name: 'a',
      route_service_url: 'http://a.example.com',
      credentials: 1,
    },
    'Credentials must be an object, Route service url must be https',
  ],
  [
    'POST /v3/service_instances',
    { type: 'user-provided', relationships: space },
    "Name must be a string, Name can't be blank",
  ],
  [
    'POST /v3/service_instances',
    { type: 'managed', name: 'a', relationships: { ...space, service_plan: { data: { guid: 'king' } } } },
    'Invalid service plan. Ensure that the service plan exists, is available, and you have access to it.',
  ],
  [
    'POST /v3/service_instances',
    { type: 'user-provided', relationships: space, name: 'a', tags: [1] },
    'Tags must be a list of strings',
  ],
  [
    'POST /v3/service_credential_bindings',
    { type: 'king', relationships: { service_instance: { data: { guid: 'a' } } } },
    "Type must be 'app' or 'key'",
  ],
  [
    'POST /v3/service_credential_bindings',
    { type: 'key', relationships: { service_instance: { data: { guid: '{managed}' } } } },
    "Name must be a string, Name can't be blank",
  ],
  [
    'POST /v3/service_credential_bindings',
    { type: 'app', relationships: { service_instance: { data: { guid: '{managed}' } } } },
    `Relationships App can't be blank, Relationships App ${structure('app')}`,
  ],
  [
    'POST /v3/service_credential_bindings',
    { type: 'key', name: 'a', relationships: { service_instance: { data: { guid: 'king' } } } },
    "The service instance could not be found: 'king'",
  ],
  [
    'POST /v3/service_route_bindings',
    {
      relationships: { service_instance: { data: { guid: '{user_provided}' } }, route: { data: { guid: '{route}' } } },
    },
    'This service instance does not support route binding',
  ],
]);

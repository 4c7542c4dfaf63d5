import type { Description } from '../judge.ts';

const value = {
  type: 'object',
  properties: {
    isReadOnly: { type: ['boolean', 'null'] },
    isSecret: { type: ['boolean', 'null'] },
    value: { type: ['string', 'null'] },
  },
  additionalProperties: false,
} as const;
const references = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      projectReference: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } },
      name: { type: 'string' },
      description: { type: ['string', 'null'] },
    },
    required: ['projectReference', 'name'],
  },
} as const;
const group = (project: object) => ({
  type: 'object',
  properties: {
    variables: { type: 'object', additionalProperties: value },
    id: { type: 'integer' },
    type: { type: 'string' },
    name: { type: 'string' },
    description: { type: ['string', 'null'] },
    // Seven digits behind the point.
    modifiedOn: { type: 'string', format: 'date-time' },
    isShared: { type: 'boolean' },
    variableGroupProjectReferences: project,
  },
  required: ['variables', 'id', 'type', 'name', 'modifiedOn', 'isShared', 'variableGroupProjectReferences'],
});
const version = { name: 'api-version', in: 'query', required: true } as const;

/** Our own words for what the description and the recording say. */
export const azureDescription = {
  source:
    'MicrosoftDocs/vsts-rest-api-specs adb2878, specification/distributedTask/7.1/taskAgent.json; Azure/azure-devops-cli-extension e547b4a, test_variable_group.yaml',
  paths: {
    '/{project}/_apis/distributedtask/variablegroups': {
      get: {
        parameters: [version, { name: 'groupName', in: 'query' }],
        responses: {
          200: {
            schema: {
              type: 'object',
              properties: { count: { type: 'integer' }, value: { type: 'array', items: group({ type: 'null' }) } },
              required: ['count', 'value'],
            },
          },
        },
      },
    },
    '/{project}/_apis/distributedtask/variablegroups/{groupId}': {
      get: { parameters: [version], responses: { 200: { schema: group(references) } } },
    },
    '/_apis/distributedtask/variablegroups/{groupId}': {
      put: {
        parameters: [version],
        // VariableGroupParameters: what a group tells of itself is not taken back.
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  description: { type: ['string', 'null'] },
                  name: { type: 'string' },
                  providerData: { type: ['object', 'null'] },
                  type: { type: 'string' },
                  variableGroupProjectReferences: { ...references, minItems: 1 },
                  variables: { type: 'object', additionalProperties: value },
                },
                required: ['name', 'type', 'variables', 'variableGroupProjectReferences'],
                additionalProperties: false,
              },
            },
          },
        },
        responses: { 200: { schema: group(references) } },
      },
    },
  },
} as unknown as Description;

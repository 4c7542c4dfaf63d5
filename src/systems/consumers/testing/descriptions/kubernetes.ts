import type { Description } from '../judge.ts';

const text = { type: 'string' } as const;
/** Values are bytes in base64. */
const bytes = { type: 'string', pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' } as const;
const secret = (data: object, required: readonly string[], metadata: readonly string[]) => ({
  type: 'object',
  properties: {
    apiVersion: { const: 'v1' },
    kind: { const: 'Secret' },
    metadata: {
      type: 'object',
      properties: { name: text, namespace: text, resourceVersion: text, uid: text },
      required: metadata,
    },
    type: text,
    immutable: { type: 'boolean' },
    data: { type: 'object', additionalProperties: data },
  },
  required,
});
const whole = {
  schema: secret(bytes, ['apiVersion', 'kind', 'metadata', 'type'], ['name', 'namespace', 'resourceVersion', 'uid']),
};
const status = {
  schema: {
    type: 'object',
    properties: {
      apiVersion: { const: 'v1' },
      kind: { const: 'Status' },
      status: text,
      reason: text,
      code: { type: 'integer' },
    },
    required: ['apiVersion', 'kind', 'status'],
  },
};

/** Our own words for what the description of Kubernetes says; that a kube-apiserver does so: `npm run conformance -- kube`. */
export const kubernetesDescription = {
  source:
    'kubernetes/kubernetes api/openapi-spec/v3/api__v1_openapi.json; kubernetes.io/docs/reference/using-api/api-concepts',
  paths: {
    '/api/v1/namespaces/{namespace}/secrets/{name}': {
      get: { responses: { 200: whole } },
      patch: {
        parameters: [
          { name: 'fieldManager', in: 'query' },
          { name: 'force', in: 'query' },
        ],
        requestBody: {
          required: true,
          content: {
            'application/apply-patch+yaml': { schema: secret(bytes, ['apiVersion', 'kind', 'metadata'], ['name']) },
            'application/merge-patch+json': { schema: secret({ type: ['string', 'null'] }, [], []) },
          },
        },
        responses: { 200: whole, 201: whole },
      },
      delete: {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  apiVersion: text,
                  kind: { const: 'DeleteOptions' },
                  preconditions: {
                    type: 'object',
                    properties: { resourceVersion: text, uid: text },
                    additionalProperties: false,
                  },
                },
                additionalProperties: false,
              },
            },
          },
        },
        responses: { 200: status, 202: {} },
      },
    },
  },
  refusals: { 400: status, 401: status, 403: status, 404: status, 409: status, 415: status, 422: status, 429: {} },
} as unknown as Description;

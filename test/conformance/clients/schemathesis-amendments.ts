// What the API descriptions of the services say of themselves and what is not so, each with the reason. Everything else is judged.

/** An OpenAPI or Swagger document, as far as it is amended. */
export interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components?: { readonly schemas: Record<string, Schema> };
}

interface Operation {
  produces?: readonly string[];
  parameters?: readonly { readonly name?: string }[];
  readonly responses: Record<string, { description?: string; content?: Record<string, unknown>; schema?: Schema }>;
}

interface Schema {
  type?: string;
  nullable?: boolean;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  required?: readonly string[];
  readonly properties?: Record<string, Schema>;
  readonly $ref?: string;
}

export function amendDestinationService({ paths, components }: Description): void {
  const {
    Error: error,
    BulkDelete: bulkDelete,
    Owner: owner,
    AuthToken: token,
    Certificate: certificate,
  } = components?.schemas ?? {};
  // Errors are described as bare strings; all that were recorded are objects with `ErrorMessage`.
  if (error) {
    delete error.type;
    error.anyOf = [{ type: 'string' }, { $ref: '#/components/schemas/JsonErrorMessage' }];
  }
  // A string with properties.
  if (bulkDelete) bulkDelete.type = 'object';
  // "could have null value", in words only.
  for (const schema of [owner?.properties?.SubaccountId, owner?.properties?.InstanceId, certificate?.properties?.Type])
    if (schema) schema.nullable = true;
  // A failed retrieval is a token without a header (cloud-sdk-js issue 4213).
  if (token) token.required = ['type', 'value'];
  for (const [name, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      // `X-chain-var-<variable-name>` is no name of a header.
      operation.parameters = operation.parameters?.filter((parameter) => !parameter.name?.includes('<')) ?? [];
      // What is posted singly has no body in the answer, an array has one: the description has one schema for both.
      if (method === 'post' && operation.responses['201']) delete operation.responses['201'].content;
      // Of destinations only is it said what a bulk deletion without its filter is.
      if (method === 'delete' && name.endsWith('Certificates')) operation.responses['400'] ??= errorOf('ErrorMessage');
      operation.responses['405'] ??= errorOf('another method');
    }
  // Every destination is also a `NameOnly`: of such alternatives not just one is right.
  overlapping(paths);
}

function errorOf(description: string) {
  return { description, content: { '*/*': { schema: { $ref: '#/components/schemas/Error' } } } };
}

function overlapping(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Schema;
  if (schema.oneOf) {
    schema.anyOf = schema.oneOf;
    delete schema.oneOf;
  }
  for (const child of Object.values(node)) overlapping(child);
}

export function amendTransportManagement({ paths }: Description): void {
  const refusal = { description: 'assumed', schema: { $ref: '#/definitions/ExceptionObject' } };
  for (const operations of Object.values(paths))
    for (const operation of Object.values(operations)) {
      // What a malformed id, query or body is answered with is described of some operations only.
      operation.responses['400'] ??= refusal;
      operation.responses['405'] ??= refusal;
      // Media types are said of whole operations, also of those whose answer has no body.
      if (operation.responses['204']) delete operation.produces;
    }
}

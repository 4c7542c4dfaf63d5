import { z } from 'zod';
import type { ConformanceLandscape } from './landscape.ts';

const resource = z.looseObject({ id: z.string(), schemas: z.array(z.string()) });

const listResponse = z.looseObject({
  schemas: z.tuple([z.literal('urn:ietf:params:scim:api:messages:2.0:ListResponse')]),
  totalResults: z.int(),
  itemsPerPage: z.int().optional(),
  startIndex: z.int().optional(),
  // RFC 7644 §3.4.2: absent when there is nothing on the page.
  Resources: z.array(resource).default([]),
});

const errorResponse = z.looseObject({
  schemas: z.tuple([z.literal('urn:ietf:params:scim:api:messages:2.0:Error')]),
  status: z.string(),
  scimType: z.string().optional(),
});

export type Resource = z.infer<typeof resource>;

/** An answer of a SCIM service that is not what was asked for. */
class ScimRefusal extends Error {
  override readonly name = 'ScimRefusal';
  readonly status: number;
  readonly scimType: string | undefined;

  constructor(status: number, scimType: string | undefined) {
    super(`refused with ${status}${scimType === undefined ? '' : ` ${scimType}`}`);
    this.status = status;
    this.scimType = scimType;
  }
}

/** A SCIM 2.0 client that knows RFC 7643 and 7644, and nothing of SAP. */
export class ScimClient {
  readonly #base: string;
  readonly #fetch: ConformanceLandscape['fetch'];
  readonly #authorization: string;

  constructor(base: string, fetch: ConformanceLandscape['fetch'], authorization: string) {
    this.#base = base;
    this.#fetch = fetch;
    this.#authorization = authorization;
  }

  async read(path: string): Promise<Resource> {
    return resource.parse(await (await this.#call('GET', path, 200)).json());
  }

  async list(path: string, query: Readonly<Record<string, string | number>> = {}) {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
    );
    return listResponse.parse(await (await this.#call('GET', `${path}?${search}`, 200)).json());
  }

  /** Creates a resource; the `Location` that came with it must be where it is found. */
  async create(path: string, body: object): Promise<Resource> {
    const response = await this.#call('POST', path, 201, body);
    const created = resource.parse(await response.json());
    const location = response.headers.get('location');
    if (location !== `${this.#base}${path}/${created.id}`) throw new Error(`created at ${location}`);
    return created;
  }

  async replace(path: string, body: object): Promise<Resource> {
    return resource.parse(await (await this.#call('PUT', path, 200, body)).json());
  }

  /** Changes a resource; the RFC leaves it to the service to answer with it or with nothing. */
  async patch(path: string, ...operations: readonly object[]): Promise<void> {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    await this.#call('PATCH', path, [200, 204], { schemas, Operations: operations });
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path, 204);
  }

  async #call(method: string, path: string, expected: number | readonly number[], body?: object): Promise<Response> {
    const response = await this.#fetch(`${this.#base}${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        accept: 'application/scim+json',
        ...(body ? { 'content-type': 'application/scim+json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (![expected].flat().includes(response.status)) {
      const error = errorResponse.parse(await response.json());
      if (error.status !== String(response.status)) throw new Error(`status ${error.status} in a ${response.status}`);
      throw new ScimRefusal(response.status, error.scimType);
    }
    const type = response.headers.get('content-type') ?? '';
    if (response.status !== 204 && !type.startsWith('application/scim+json')) throw new Error(`answered as ${type}`);
    return response;
  }
}

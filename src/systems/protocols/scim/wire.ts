import { type ZodType, z } from 'zod';
import type { Json } from '../../../kernel/json.ts';

/** Media type of requests and answers (RFC 7644 §3.1). */
export const SCIM_MEDIA_TYPE = 'application/scim+json';

/** URNs of RFC 7643 and 7644. */
export const SCIM_SCHEMA = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  listResponse: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patchOp: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  serviceProviderConfig: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
} as const;

/** Answer to a list or query (RFC 7644 §3.4.2). `Resources` may be absent when nothing was found. */
export function listResponse<T>(resource: ZodType<T>) {
  return z.looseObject({
    totalResults: z.number(),
    itemsPerPage: z.number().optional(),
    startIndex: z.number().optional(),
    Resources: z.array(resource).default([]),
  });
}

/** One operation of a PATCH (RFC 7644 §3.5.2); clients write `op` in any case. */
const patchOperation = z.looseObject({
  op: z
    .string()
    .transform((op) => op.toLowerCase())
    .pipe(z.enum(['add', 'replace', 'remove'])),
  path: z.string().optional(),
  value: z.json().optional(),
});

/** An operation as read; `op` in lower case. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string | undefined;
  readonly value?: Json | undefined;
}

export const patchRequest = z.looseObject({
  schemas: z.array(z.string()),
  Operations: z.array(patchOperation).min(1),
});

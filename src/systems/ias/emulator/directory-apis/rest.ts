import { Hono, type Context as HonoContext } from 'hono';
import type { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { isObject, safeDocument } from '../../../protocols/scim/emulator/document.ts';
import { ScimError } from '../../../protocols/scim/emulator/errors.ts';
import { tenantOf } from '../hosts.ts';
import { idsHeaders } from '../ids-headers.ts';
import { mayDo, type Operation } from '../permissions.ts';
import type { Actor } from '../rows/log-entries.ts';
import { authenticatePrincipal } from '../scim-access.ts';
import type { Services } from '../services.ts';
import { keyIn, type Tenant } from '../store.ts';
import { userIdOf } from '../user-names.ts';
import { withoutNulls } from './documents.ts';

/** A call of the Applications or the Identity Providers API. */
export interface DirectoryCall {
  readonly services: Services;
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly c: HonoContext<HostEnv>;
}

interface Detail {
  /** Path of what is wrong in the document. */
  readonly target?: string;
  readonly message: string;
}

/** An answer that is none: `{"error":{"code","message","details"}}`, as Terraform's provider reads it. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly status: 400 | 401 | 403 | 404 | 409;
  readonly details: readonly Detail[];

  constructor(status: DirectoryError['status'], message: string, details: readonly Detail[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** 400 with the path and the complaint of everything that a schema does not take. */
export function invalid(message: string, { issues }: z.ZodError): DirectoryError {
  const details = issues.map((issue) => ({ target: `/${issue.path.join('/')}`, message: issue.message }));
  return new DirectoryError(400, message, details);
}

/**
 * Handles a call of an administrator who may do the operation. Status, headers and the text for what is not there are
 * recorded (SAP/terraform-provider-sap-cloud-identity-services); the texts of 400, 401 and 403 are assumed.
 */
export function directoryCall(
  services: Services,
  operation: Operation,
  act: Act,
): (c: HonoContext<HostEnv>) => Promise<Response> {
  return async (c) => {
    const tenant = tenantOf(services, c);
    try {
      // The SAP ID service offers no API to customers.
      if (tenant.kind === 'sap-id') throw new DirectoryError(404, 'Not found');
      const principal = await authenticatePrincipal(services, tenant, c.req.raw);
      if (!principal) throw new DirectoryError(401, 'Unauthorized');
      if (!mayDo(principal, operation)) throw new DirectoryError(403, 'Forbidden');
      return await act({ services, tenant, actor: principal.actor, c });
    } catch (error) {
      if (error instanceof DirectoryError) return failure(services, error);
      // Names that reach into JavaScript's object model.
      if (error instanceof ScimError) return failure(services, new DirectoryError(400, error.message));
      throw error;
    }
  };
}

type Act = (call: DirectoryCall) => Promise<Response> | Response;

/** The calls that each of these APIs has. */
export interface DirectoryActs {
  readonly list: Act;
  readonly create: Act;
  readonly read: Act;
  readonly patch: Act;
  readonly remove: Act;
}

/** Routes of an API at a path, for who may do the operation. */
export function directoryRoutes(
  services: Services,
  { path, operation }: { readonly path: string; readonly operation: Operation },
  acts: DirectoryActs,
): Hono<HostEnv> {
  const call = (act: Act) => directoryCall(services, operation, act);
  const one = `${path}/:id`;
  return new Hono<HostEnv>({ strict: false })
    .get(path, call(acts.list))
    .post(path, call(acts.create))
    .get(one, call(acts.read))
    .patch(one, call(acts.patch))
    .delete(one, call(acts.remove));
}

const JSON_TYPE = 'application/json;charset=UTF-8';

export function answer({ services }: DirectoryCall, body: JsonObject, status: 200 | 201 = 200): Response {
  const headers = { ...idsHeaders(services), 'content-type': JSON_TYPE };
  return new Response(JSON.stringify(body), { status, headers });
}

/** Writing calls answer without a body: 201 with the path of what was made, or 200. */
export function emptyAnswer({ services }: DirectoryCall, location?: string): Response {
  const headers = { ...idsHeaders(services), ...(location === undefined ? {} : { location }) };
  return new Response(null, { status: location === undefined ? 200 : 201, headers });
}

function failure(services: Services, { status, message, details }: DirectoryError): Response {
  const error = { code: status, message, ...(details.length > 0 ? { details } : {}) };
  return new Response(JSON.stringify({ error }), {
    status,
    headers: {
      ...idsHeaders(services),
      'content-type': JSON_TYPE,
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="IDS"' } : {}),
    },
  });
}

/** The body of a call. @throws DirectoryError 400 when it is no JSON object */
export async function documentOf({ c }: DirectoryCall): Promise<JsonObject> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await c.req.text());
  } catch {
    throw new DirectoryError(400, 'The request body is no JSON.');
  }
  const document: Json = safeDocument(parsed);
  if (!isObject(document)) throw new DirectoryError(400, 'The request body is no JSON object.');
  return withoutNulls(document);
}

/** How documents name who made something: a user by its user ID, a system by its name (assumed). */
export function nameInDocuments({ store }: Services, tenant: Tenant, actor: Actor): string {
  const user = actor.kind === 'user' ? store.users.get(keyIn(tenant.id, actor.id)) : undefined;
  return user ? userIdOf(user.resource) : actor.name;
}

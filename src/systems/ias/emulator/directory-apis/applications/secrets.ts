import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { AUTHORIZATION_SCOPES } from '../../../wire.ts';
import { defined } from '../../defined.ts';
import { scimTime } from '../../resource.ts';
import { createSecret, MAX_SECRETS } from '../../secrets.ts';
import { keyIn, type StoredApplication } from '../../store.ts';
import type { StoredSecret } from '../../stored-credentials.ts';
import { patched } from '../patch.ts';
import { answer, type DirectoryCall, DirectoryError, documentOf, emptyAnswer, invalid } from '../rest.ts';
import { applicationOf, record } from './stored.ts';

const secretBody = z.object({
  description: z.string().max(255).nullish(),
  validTo: z.iso.datetime({ offset: true }).nullish(),
  authorizationScopes: z.array(z.enum(AUTHORIZATION_SCOPES)).nullish(),
});

type Handler = (c: Context<HostEnv>) => Promise<Response>;
type Call = (act: (call: DirectoryCall) => Promise<Response> | Response) => Handler;

/**
 * `/Applications/v1/{id}/apiSecrets`: up to 20 secrets of an application, each with its end (recorded by
 * SAP/terraform-provider-sap-cloud-identity-services). The text of a secret is told once, when it is made.
 */
export function secretRoutes(app: Hono<HostEnv>, call: Call): void {
  const path = '/Applications/v1/:id/apiSecrets';
  // The newest first (recorded).
  const listed = (of: DirectoryCall) => (applicationOf(of).secrets ?? []).map(shown).toReversed();
  app.get(
    path,
    call((of) => answer(of, { secrets: listed(of), allApisAccess: false })),
  );
  app.post(path, call(create));
  app.patch(`${path}/:secret`, call(patch));
  app.delete(path, call(remove));
}

async function create(call: DirectoryCall): Promise<Response> {
  const application = applicationOf(call);
  const { secrets = [] } = application;
  const { description, validTo, authorizationScopes } = read(call, await documentOf(call));
  if (secrets.length >= MAX_SECRETS) {
    throw new DirectoryError(409, `The application has ${MAX_SECRETS} secrets already.`);
  }
  const { secret, text } = createSecret(call.services, description ?? '', validTo ? Date.parse(validTo) : undefined);
  const scoped: StoredSecret = authorizationScopes ? { ...secret, authorizationScopes } : secret;
  keep(call, application, [...secrets, scoped]);
  return answer(call, { ...shown(scoped), clientId: application.clientId, secret: text }, 201);
}

async function patch(call: DirectoryCall): Promise<Response> {
  const application = applicationOf(call);
  const secret = secretOf(application, call.c.req.param('secret'));
  const { description, validTo, authorizationScopes } = read(call, patched(shown(secret), await documentOf(call)));
  const { id, digest, hint, createdAt } = secret;
  const changed = defined({
    id,
    description: description ?? '',
    digest,
    hint,
    createdAt,
    expiresAt: validTo ? Date.parse(validTo) : undefined,
    authorizationScopes: authorizationScopes ?? undefined,
  }) as StoredSecret;
  keep(
    call,
    application,
    (application.secrets ?? []).map((one) => (one.id === id ? changed : one)),
  );
  return emptyAnswer(call);
}

/** The secret is named in the query (recorded). */
function remove(call: DirectoryCall): Response {
  const application = applicationOf(call);
  const { id } = secretOf(application, call.c.req.query('id'));
  keep(
    call,
    application,
    (application.secrets ?? []).filter((one) => one.id !== id),
  );
  return emptyAnswer(call);
}

/** @throws DirectoryError 400; a past end is refused (assumed) */
function read({ services }: DirectoryCall, body: JsonObject): z.infer<typeof secretBody> {
  const parsed = secretBody.safeParse(body);
  if (!parsed.success) throw invalid('The secret is not valid.', parsed.error);
  const { validTo } = parsed.data;
  if (validTo && Date.parse(validTo) <= services.ctx.now()) {
    throw new DirectoryError(400, 'The secret is not valid.', [{ target: '/validTo', message: 'It is in the past.' }]);
  }
  return parsed.data;
}

function secretOf({ secrets = [] }: StoredApplication, id: string | undefined): StoredSecret {
  const secret = secrets.find((one) => one.id === id);
  if (secret) return secret;
  throw new DirectoryError(404, 'Unable to find secret with provided identifier.');
}

function keep(call: DirectoryCall, before: StoredApplication, secrets: readonly StoredSecret[]): void {
  const after = { ...before, secrets };
  call.services.store.applications.set(keyIn(before.tenant, before.id), after);
  record(call, before, after);
}

function shown({ id, description, hint, expiresAt, authorizationScopes }: StoredSecret): JsonObject {
  return defined({
    authorizationScopes,
    description,
    id,
    hint,
    validTo: expiresAt === undefined ? undefined : scimTime(expiresAt),
    allApisAccess: false,
  }) as JsonObject;
}

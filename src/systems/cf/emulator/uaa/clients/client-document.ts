import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { ClientRefusal, Unhandled } from '../errors.ts';
import type { UaaClient } from '../rows.ts';

/** Lists may come as one text with commas or spaces (UAA Jackson2ArrayOrStringDeserializer). */
const list = z
  .union([z.array(z.string()), z.string()])
  .nullish()
  .transform((value) =>
    (typeof value === 'string' ? value.split(/[\s,]+/) : (value ?? [])).flatMap((one) => one.trim() || []),
  );

const input = z.looseObject({
  client_id: z.string().nullish(),
  client_secret: z.string().max(10_000).nullish(),
  secondary_client_secret: z.string().max(10_000).nullish(),
  scope: list,
  authorized_grant_types: list,
  authorities: list,
  redirect_uri: list,
  autoapprove: z.union([z.boolean(), list]).nullish(),
  access_token_validity: z.number().int().nullish(),
  refresh_token_validity: z.number().int().nullish(),
  allowedproviders: list.optional(),
  required_user_groups: list.optional(),
  allowpublic: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).nullish(),
  jwks_uri: z.string().nullish(),
  jwks: z.union([z.string(), z.looseObject({ keys: z.array(z.unknown()) })]).nullish(),
});
export type ClientInput = z.infer<typeof input>;

/** Keys of the input that have a place of their own, or are nobody's business. */
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(input.shape),
  'resource_ids',
  'lastModified',
  'client_jwt_config',
  'token_salt',
  'action',
  'approvals_deleted',
]);

export function readClientInput(body: unknown): ClientInput {
  const parsed = input.safeParse(body);
  if (!parsed.success) throw new Unhandled(400);
  return parsed.data;
}

export function clientFrom(landscape: string, id: string, sent: ClientInput, now: number): UaaClient {
  const more = Object.entries(sent).filter(([key, value]) => !KNOWN.has(key) && value != null);
  const approve = sent.autoapprove;
  return {
    landscape,
    id,
    grantTypes: sent.authorized_grant_types,
    scopes: sent.scope,
    authorities: sent.authorities,
    ...(sent.redirect_uri.length === 0 ? {} : { redirectUris: sent.redirect_uri }),
    ...(approve == null ? {} : { autoApprove: typeof approve === 'boolean' ? (approve ? ['true'] : []) : approve }),
    ...(sent.allowedproviders === undefined ? {} : { allowedProviders: sent.allowedproviders }),
    ...(sent.required_user_groups === undefined ? {} : { requiredUserGroups: sent.required_user_groups }),
    ...(sent.allowpublic ? { allowPublic: true } : {}),
    ...(sent.access_token_validity == null ? {} : { accessTokenValidity: sent.access_token_validity }),
    ...(sent.refresh_token_validity == null ? {} : { refreshTokenValidity: sent.refresh_token_validity }),
    additional: Object.fromEntries(more) as JsonObject,
    lastModifiedAt: now,
  };
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** Keys for private_key_jwt: `jwks_uri`, or `jwks` as JSON or as text of it. */
export function jwtConfiguration({ jwks_uri: uri, jwks }: ClientInput): UaaClient['jwt'] {
  const refused = () => new ClientRefusal(400, 'invalid_client', 'Client with client jwt configuration not valid');
  if (uri) {
    if (!URL.canParse(uri)) throw refused();
    return { uri };
  }
  if (jwks == null || jwks === '') return undefined;
  try {
    const { keys } = keySet.parse(typeof jwks === 'string' ? JSON.parse(jwks) : jwks);
    return { keys: keys as unknown as readonly JsonObject[] };
  } catch {
    throw refused();
  }
}

/** A client as UAA answers: never with its secret. */
export function clientDocument(client: UaaClient): JsonObject {
  const approve = client.autoApprove;
  return {
    scope: [...client.scopes],
    client_id: client.id,
    resource_ids: ['none'],
    authorized_grant_types: [...client.grantTypes],
    ...(client.redirectUris === undefined ? {} : { redirect_uri: [...client.redirectUris] }),
    autoapprove: [...(approve ?? [])],
    authorities: [...client.authorities],
    ...(client.accessTokenValidity === undefined ? {} : { access_token_validity: client.accessTokenValidity }),
    ...(client.refreshTokenValidity === undefined ? {} : { refresh_token_validity: client.refreshTokenValidity }),
    ...(client.allowedProviders === undefined ? {} : { allowedproviders: [...client.allowedProviders] }),
    required_user_groups: [...(client.requiredUserGroups ?? [])],
    ...(client.allowPublic ? { allowpublic: true } : {}),
    ...client.additional,
    ...(client.lastModifiedAt === undefined ? {} : { lastModified: client.lastModifiedAt }),
  };
}

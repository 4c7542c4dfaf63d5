import type { JsonObject } from '../../../../../kernel/json.ts';
import { isRegistrable } from '../authorization/redirects.ts';
import { type Caller, mayAny, requireScopeInZone } from '../callers.ts';
import { ClientRefusal, Unhandled } from '../errors.ts';
import type { UaaClient } from '../rows.ts';
import type { Columns } from '../scim/filter.ts';
import { found, type Kind, listQuery, page } from '../scim/listing.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { JWT_BEARER } from '../tokens/tokens.ts';
import { type ClientInput, clientDocument, clientFrom, jwtConfiguration } from './client-document.ts';
import { matchesSecret } from './clients.ts';
import { hashSecret } from './hashes.ts';

const CLIENTS_SCHEMA = 'http://cloudfoundry.org/schema/scim/oauth-clients-1.0';

const GRANTS = [
  'implicit',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'password',
  'client_credentials',
  JWT_BEARER,
  'user_token',
  'authorization_code',
];

const invalid = (text: string, status = 400) => new ClientRefusal(status, 'invalid_client', text);

/** No such client: an empty 404, for clients unlike for everything else (UAA ClientAdminEndpoints.handleNoSuchClient). */
export class NoSuchClient extends Error {}

function clientAt({ store, landscape }: Uaa, id: string): UaaClient {
  const client = store.client(landscape, id);
  if (!client) throw new NoSuchClient(id);
  return client;
}

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'client_id',
  'scope',
  'authorized_grant_types',
  'access_token_validity',
  'refresh_token_validity',
  'autoapprove',
  'lastmodified',
]);

function columnsOf(client: UaaClient): Columns {
  return {
    client_id: client.id,
    scope: client.scopes.join(','),
    authorized_grant_types: client.grantTypes.join(','),
    access_token_validity: client.accessTokenValidity,
    refresh_token_validity: client.refreshTokenValidity,
    autoapprove: client.autoApprove?.join(','),
    lastmodified: client.lastModifiedAt,
  };
}

/** Attributes can be asked for by the names of UAA's own classes, not by those of the document (recorded). */
const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  client_id: '',
  authorized_grant_types: '',
  clientId: 'client_id',
  authorizedGrantTypes: 'authorized_grant_types',
};

/** A list does not tell which groups users must have. */
function listedDocument(client: UaaClient): JsonObject {
  const { required_user_groups: _groups, ...document } = clientDocument(client);
  return document;
}

/** `GET /oauth/clients` */
export function listClients(uaa: Uaa, caller: Caller, params: URLSearchParams): JsonObject {
  requireScopeInZone(caller, 'clients.read', 'clients.admin');
  const kind: Kind<UaaClient> = {
    columns: columnsOf,
    attributes: ATTRIBUTES,
    sortable: ATTRIBUTES,
    candidates: () => uaa.store.clientsOf(uaa.landscape),
    // Other than elsewhere nobody takes the exception (recorded).
    refused: () => new Unhandled(500),
  };
  const query = listQuery(params, { sortBy: 'client_id', refused: () => new Unhandled(400) });
  const all = found(kind, query);
  return page(all, { ...query, count: Math.min(query.count, all.length) }, listedDocument, {
    schema: CLIENTS_SCHEMA,
    mapping: ATTRIBUTE_NAMES,
  });
}

export function readClient(uaa: Uaa, caller: Caller, id: string): JsonObject {
  requireScopeInZone(caller, 'clients.read', 'clients.admin');
  return clientDocument(clientAt(uaa, id));
}

/** `POST /oauth/clients` (UAA ClientAdminEndpointsValidator, checks in its order). */
export async function createClient(uaa: Uaa, caller: Caller, input: ClientInput): Promise<JsonObject> {
  requireScopeInZone(caller, 'clients.write', 'clients.admin');
  const { store, landscape, ctx } = uaa;
  const id = input.client_id ?? '';
  // UAA stumbles over a client without an id (recorded).
  if (id === '') throw new Unhandled(500);
  if (id === 'uaa') throw invalid(`Not allowed: ${id} is a reserved client_id`);
  if (/[/\\]/.test(id)) throw invalid(`Not allowed characters: ${id} must not contain any of [\\, /]`);
  const client = validated(caller, clientFrom(landscape, id, input, ctx.now()), input, true);
  const secrets = [input.client_secret, input.secondary_client_secret].flatMap((secret) => secret ?? []);
  const hashes = await Promise.all(secrets.map((secret) => hashSecret(checkedSecret(secret), ctx)));
  const jwt = jwtConfiguration(input);
  if (store.client(landscape, id)) throw invalid(`Client already exists: ${id}`, 409);
  const created: UaaClient = {
    ...client,
    ...(hashes.length === 0 ? {} : { secret: hashes.join(' ') }),
    ...(jwt ? { jwt } : {}),
  };
  store.saveClient(created);
  return clientDocument(created);
}

/** `PUT /oauth/clients/{id}`: what is not sent stays; the secret is changed by a call of its own. */
export function updateClient(uaa: Uaa, caller: Caller, id: string, input: ClientInput): JsonObject {
  requireScopeInZone(caller, 'clients.write', 'clients.admin');
  if (input.client_id !== id) {
    throw new Unhandled(500);
  }
  const before = clientAt(uaa, id);
  const sent = clientFrom(uaa.landscape, id, input, uaa.ctx.now());
  const or = <T>(list: readonly T[], other: readonly T[]) => (list.length > 0 ? list : other);
  const merged: UaaClient = {
    ...before,
    ...sent,
    grantTypes: or(sent.grantTypes, before.grantTypes),
    scopes: or(sent.scopes, before.scopes),
    authorities: or(sent.authorities, before.authorities),
    ...redirectsOf(or(sent.redirectUris ?? [], before.redirectUris ?? [])),
    additional: { ...before.additional, ...sent.additional },
  };
  const { allowPublic: _public, ...confidential } = merged;
  const client = validated(caller, input.allowpublic === false ? confidential : merged, input, false);
  uaa.store.saveClient(client);
  return clientDocument(client);
}

const redirectsOf = (redirectUris: readonly string[]) => (redirectUris.length === 0 ? {} : { redirectUris });

/** `DELETE /oauth/clients/{id}`: its tokens and approvals go with it. */
export function deleteClient(uaa: Uaa, caller: Caller, id: string): JsonObject {
  requireScopeInZone(caller, 'clients.write', 'clients.admin');
  const { store, landscape } = uaa;
  const client = clientAt(uaa, id);
  const key = keyIn(landscape, id);
  for (const { token } of store.keptTokens.by('client', key)) store.keptTokens.delete(keyIn(landscape, token));
  for (const { token } of store.refreshGrants.by('client', key)) store.refreshGrants.delete(keyIn(landscape, token));
  for (const [at, approval] of [...store.approvals.keys()].map((k) => [k, store.approvals.get(k)] as const)) {
    if (approval?.landscape === landscape && approval.clientId === id) store.approvals.delete(at);
  }
  store.clients.delete(key);
  return clientDocument(client);
}

export interface SecretChange {
  readonly oldSecret?: string | null | undefined;
  readonly secret?: string | null | undefined;
  readonly changeMode?: 'UPDATE' | 'ADD' | 'DELETE' | null | undefined;
}

/** `PUT /oauth/clients/{id}/secret`: replaces the secret, or adds a second one and later drops the first. */
export async function changeSecret(uaa: Uaa, caller: Caller, id: string, change: SecretChange): Promise<JsonObject> {
  requireScopeInZone(caller, 'clients.secret', 'clients.admin');
  const client = clientAt(uaa, id);
  if (!mayAny(caller, 'uaa.admin', 'clients.admin')) {
    if (caller.client.id !== id) throw invalid("Bad request. Not permitted to change another client's secret");
    if (!(await matchesSecret(uaa, change.oldSecret ?? '', client.secret ?? ':'))) {
      throw invalid('Previous secret is required and must be valid');
    }
  }
  const hashes = client.secret?.split(' ') ?? [];
  const save = (secret: string, message: string): JsonObject => {
    uaa.store.saveClient({ ...client, secret, lastModifiedAt: uaa.ctx.now() });
    return { status: 'ok', message };
  };
  const fresh = () => hashSecret(checkedSecret(change.secret ?? ''), uaa.ctx);
  switch (change.changeMode ?? 'UPDATE') {
    case 'ADD':
      if (hashes.length > 1) throw invalid('client secret is either empty or client already has two secrets.');
      return save([...hashes, await fresh()].join(' '), 'Secret is added');
    case 'DELETE':
      if (hashes.length !== 2) throw invalid('client secret is either empty or client has only one secret.');
      return save(hashes[1] ?? '', 'Secret is deleted');
    default:
      return save(await fresh(), 'secret updated');
  }
}

/** Secrets are as long as the policy allows (UAA's default policy). */
function checkedSecret(secret: string): string {
  if (secret.length > 255) throw invalid('Client Secret must be no more than 255 characters in length.');
  return secret;
}

function validated(caller: Caller, client: UaaClient, input: ClientInput, create: boolean): UaaClient {
  checkRedirects(client);
  if (client.grantTypes.length === 0) {
    throw invalid(`An authorized grant type must be provided. Must be one of: [${GRANTS.join(', ')}]`);
  }
  const strange = client.grantTypes.find((type) => !GRANTS.includes(type));
  if (strange !== undefined) {
    throw invalid(`${strange} is not an allowed grant type. Must be one of: [${GRANTS.join(', ')}]`);
  }
  const has = (type: string) => client.grantTypes.includes(type);
  const secret = input.client_secret ?? '';
  if (has(JWT_BEARER)) {
    if (client.scopes.length === 0) throw invalid(`Scope cannot be empty for grant_type ${JWT_BEARER}`);
    if (create && secret === '') throw invalid(`Client secret is required for grant type ${JWT_BEARER}`);
  }
  if (!mayAny(caller, 'uaa.admin', 'clients.admin')) checkNonAdmin(caller, client);
  if (has('implicit') && secret !== '') throw invalid('Implicit grant should not have a client_secret');
  if (create && has('client_credentials') && secret === '') {
    throw invalid('Client secret is required for client_credentials grant type');
  }
  const refreshes = has('authorization_code') || has('password');
  return {
    ...client,
    // Whoever gets tokens for users may refresh them.
    grantTypes: refreshes && !has('refresh_token') ? [...client.grantTypes, 'refresh_token'] : client.grantTypes,
    scopes: client.scopes.length === 0 ? ['uaa.none'] : client.scopes,
    authorities: client.authorities.length === 0 ? ['uaa.none'] : client.authorities,
  };
}

function checkRedirects({ grantTypes, redirectUris = [] }: UaaClient): void {
  for (const type of ['authorization_code', 'implicit']) {
    if (!grantTypes.includes(type)) continue;
    if (redirectUris.length === 0) throw invalid(`${type} grant type requires at least one redirect URL.`);
    const bad = redirectUris.find((uri) => !isRegistrable(uri));
    if (bad !== undefined) throw invalid(`One of the redirect_uri is invalid: ${bad}`);
  }
}

/** Who is no administrator of clients may give away no more than it has itself. */
function checkNonAdmin(caller: Caller, client: UaaClient): void {
  if (client.grantTypes.includes('password')) {
    throw invalid('password is not an allowed grant type for non-admin caller.');
  }
  if (client.grantTypes.includes('implicit') && client.grantTypes.includes('authorization_code')) {
    throw invalid('Not allowed: implicit grant type is not allowed together with authorization_code');
  }
  const { id, scopes } = caller.client;
  const prefix = `${id}.`;
  const foreign = client.scopes.find((scope) => !scope.startsWith(prefix) && !scopes.includes(scope));
  if (foreign !== undefined) {
    throw invalid(
      `${foreign} is not an allowed scope for caller=${id}. Must have prefix in [${prefix}] or be one of: [${scopes.join(', ')}]`,
    );
  }
  const allowed = ['uaa.none', ...(client.grantTypes.includes('client_credentials') ? ['uaa.resource'] : [])];
  const strange = client.authorities.find((authority) => !allowed.includes(authority));
  if (strange !== undefined) {
    throw invalid(`${strange} is not an allowed authority for caller=${id}. Must be one of: [${allowed.join(', ')}]`);
  }
}

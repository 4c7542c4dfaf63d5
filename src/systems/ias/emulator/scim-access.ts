import { clientByCertificate } from './client-certificates.ts';
import { authenticateClient, type Client, clientById } from './clients.ts';
import { logOn } from './logon.ts';
import { logonSource } from './oidc/conditions.ts';
import { goodToken } from './oidc/token-state.ts';
import { humanPrincipal, type Principal, policiesOf } from './permissions.ts';
import type { Services } from './services.ts';
import { keyIn, type Tenant } from './store.ts';
import { namesOf } from './user-names.ts';

/**
 * Who calls an API of the tenant: a system, a technical user or a human administrator by Basic; a system or technical
 * user by certificate, or by a token of the client credentials grant (notes: ias 5be5692, 665b9e0). That a header counts
 * more than the certificate of the connection is assumed.
 */
export async function authenticatePrincipal(
  services: Services,
  tenant: Tenant,
  request: Request,
): Promise<Principal | undefined> {
  const [scheme = '', value = ''] = (request.headers.get('authorization') ?? '').split(' ');
  switch (scheme.toLowerCase()) {
    case 'basic':
      return byBasic(services, tenant, request, value);
    case 'bearer':
      return byToken(services, tenant, value);
    default: {
      const client = clientByCertificate(services, tenant, request);
      return client && principalOf(services, tenant, client);
    }
  }
}

async function byBasic(
  services: Services,
  tenant: Tenant,
  request: Request,
  value: string,
): Promise<Principal | undefined> {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  // Clients send the parts raw or form-encoded (SAP's do the latter); what does not decode was raw.
  const name = decoded(text.slice(0, colon));
  const secret = decoded(text.slice(colon + 1));
  const client = authenticateClient(services, tenant, name, secret);
  if (client) return principalOf(services, tenant, client);
  return isHumanAdministrator(services, tenant, name) ? byPassword(services, tenant, request, name, secret) : undefined;
}

/** Terraform's provider logs on as an administrator in person, too (read from its source). */
async function byPassword(services: Services, tenant: Tenant, request: Request, name: string, password: string) {
  // Which policy an API call puts on the administrator is not documented; none is assumed.
  const logon = await logOn(services, tenant, name, password, undefined, {
    from: logonSource(request, 'SCIM API'),
  });
  if (!logon.ok) return undefined;
  return humanPrincipal(services, tenant, { id: logon.user.id, name: namesOf(logon.user.resource).userName });
}

function isHumanAdministrator({ store }: Services, tenant: Tenant, identifier: string): boolean {
  return store.users
    .by('identifier', keyIn(tenant.id, identifier.toLowerCase()))
    .some((user) => store.humanAdministrators.get(keyIn(tenant.id, user.id)) !== undefined);
}

async function byToken(services: Services, tenant: Tenant, token: string): Promise<Principal | undefined> {
  const good = await goodToken(services, tenant, token);
  if (good?.kind !== 'access' || good.claims.sap_id_type !== 'app') return undefined;
  const client = clientById(services, tenant, String(good.claims.azp));
  return client && principalOf(services, tenant, client);
}

/** Applications are no administrators. */
function principalOf(services: Services, tenant: Tenant, client: Client): Principal | undefined {
  if (client.kind === 'administrator') {
    const { clientId, name, permissions } = client.administrator;
    return { actor: { kind: 'system', id: clientId, name }, permissions, policies: new Set() };
  }
  if (client.kind !== 'technical-user' || !client.technicalUser.active) return undefined;
  const { id, displayName } = client.technicalUser;
  return {
    actor: { kind: 'technical-user', id, name: displayName },
    permissions: [],
    policies: policiesOf(services, tenant, id),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return part;
  }
}

import { HOST, startTenant } from '../tenant.fixture.ts';

export const AUTHENTICATION = 'urn:sap:identity:application:schemas:extension:sci:1.0:Authentication';

/** A tenant with an administrator who may manage applications and identity providers, and one who may only read users. */
export async function startDirectory(
  tenants: readonly object[] = [],
  switches: Readonly<Record<string, boolean>> = {},
) {
  const tenant = await startTenant({
    tenant: {
      administrators: [
        {
          name: 'Terraform',
          clientId: 'IAS_ID',
          clientSecret: 'IAS_SECRET',
          permissions: ['Manage Applications', 'Manage Corporate Identity Providers'],
        },
        { name: 'Auditor', clientId: 'READ_ID', clientSecret: 'READ_SECRET', permissions: ['Read Users'] },
      ],
    },
    tenants,
    switches,
  });
  const { basic, credential } = tenant;

  /** A call as the Applications API is called; `as` names the credentials of the caller. */
  async function call(method: string, path: string, body?: unknown, as = 'IAS') {
    const response = await tenant.fetch(`https://${HOST}${path}`, {
      method,
      headers: {
        authorization: basic(credential(`${as}_ID`), credential(`${as}_SECRET`)),
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Makes something and answers its id. */
  async function create(path: string, body: object): Promise<string> {
    const { status, headers, body: answer } = await call('POST', path, body);
    if (status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
    return headers.get('location')?.split('/').at(-1) ?? '';
  }

  const replace = (path: string, value: unknown) => ({ operations: [{ op: 'replace', path, value }] });

  async function clientCredentials(clientId: string, secret: string) {
    const response = await tenant.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: basic(clientId, secret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return response.status;
  }

  return { ...tenant, call, create, replace, clientCredentials };
}

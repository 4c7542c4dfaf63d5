import { type EmulatorsOptions, startEmulators } from '../../../emulation/compose.ts';
import { IAS_SCHEMA, MESSAGE_CODE_HEADER } from '../wire.ts';
import { iasEmulator } from './index.ts';

export const HOST = 'acme-platform.accounts.ondemand.com';
export const SAP_ID = 'accounts.sap.com';
export const DAY = 86_400_000;
export const PASSWORD = 'Robot-2026-strong';

/** A tenant as foreign clients see it: raw calls only, nothing of our own client. */
export async function startTenant(
  options: Partial<EmulatorsOptions> & { readonly tenant?: object; readonly tenants?: readonly object[] } = {},
) {
  const { tenant, tenants = [], ...rest } = options;
  const emulators = await startEmulators({
    emulators: [iasEmulator],
    seed: {
      ias: {
        tenants: [
          {
            id: 'acme-platform',
            users: [{ userName: 'jdoe', email: 'joe.doe@acme.example', givenName: 'Joe', familyName: 'Doe' }],
            administrators: [
              {
                name: 'Locum',
                clientId: 'IAS_ID',
                clientSecret: 'IAS_SECRET',
                permissions: ['Manage Users', 'Manage Groups'],
              },
              { name: 'Auditor', clientId: 'READ_ID', clientSecret: 'READ_SECRET', permissions: ['Read Users'] },
            ],
            ...tenant,
          },
          ...tenants,
        ],
        sapId: {
          users: [
            { id: 'P2001234567', email: 'pat@acme.example', givenName: 'Pat', familyName: 'P', credential: 'PAT' },
            { id: 'S0012345678', email: 'pat@acme.example', givenName: 'Pat', familyName: 'S', credential: 'PAT_S' },
            { id: 'P2007654321', email: 'admin@acme.example', credential: 'ADMIN' },
          ],
        },
      },
    },
    ...rest,
  });
  const credential = (name: string) => emulators.credentials.get(name) ?? '';
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

  async function scim(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await emulators.fetch(`https://${HOST}/scim${path}`, {
      method,
      headers: {
        authorization: basic(credential('IAS_ID'), credential('IAS_SECRET')),
        'content-type': 'application/scim+json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  const application = (host = HOST) =>
    emulators.world.use('identity').registerApplication(host, { name: 'SAP Business Technology Platform' });

  async function token(userName: string, password: string, host = HOST) {
    const { clientId, clientSecret } = application(host);
    const response = await emulators.fetch(`https://${host}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams({ grant_type: 'password', response_type: 'id_token', username: userName, password }),
    });
    const body = (await response.json()) as Record<string, string>;
    return { status: response.status, code: response.headers.get(MESSAGE_CODE_HEADER), body };
  }

  async function probe(userName: string, password: string) {
    const response = await emulators.fetch(`https://${HOST}/service/users/password`, {
      method: 'POST',
      headers: { authorization: basic(userName, password) },
    });
    return { status: response.status, code: response.headers.get(MESSAGE_CODE_HEADER) };
  }

  return { ...emulators, credential, basic, scim, application, token, probe };
}

/** A technical user as SAP's recipes create it; `sap` adds to the SAP extension. */
export function robot(overrides: object = {}, sap: object = {}) {
  return {
    schemas: [IAS_SCHEMA.user, IAS_SCHEMA.sap],
    userName: 'robot',
    name: { familyName: 'Robot' },
    emails: [{ value: 'robot@sap-test.de' }],
    password: PASSWORD,
    ...overrides,
    [IAS_SCHEMA.sap]: { sendMail: false, mailVerified: true, ...sap },
  };
}

export const definitive = { passwordDetails: { status: 'enabled' } };

export function patchOp(...operations: readonly object[]) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}

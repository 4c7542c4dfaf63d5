import { z } from 'zod';
import type { Seed } from '../../src/landscape/index.ts';
import { iasSeed } from '../../src/systems/ias/emulator/seed.ts';
import { Skip } from './skip.ts';

const list = z.array(z.unknown()).default([]);

const acme = z.looseObject({
  accounts: z.looseObject({ globalAccounts: z.array(z.looseObject({ entitlements: list })) }),
  ias: z.looseObject({
    tenants: z.array(z.looseObject({ id: z.string(), users: list, administrators: list, applications: list })),
  }),
  cf: z.looseObject({ uaaClients: list, uaaUsers: list }),
  destination: z.looseObject({ serviceKeys: list }),
});

/** Names of the credentials that {@link withConformanceSeed} adds. */
export const CREDENTIAL = {
  ias: { id: 'CONFORMANCE_IAS_CLIENT_ID', secret: 'CONFORMANCE_IAS_CLIENT_SECRET' },
  scim: { id: 'CONFORMANCE_SCIM_CLIENT_ID', secret: 'CONFORMANCE_SCIM_CLIENT_SECRET' },
  terraform: { id: 'CONFORMANCE_TERRAFORM_CLIENT_ID', secret: 'CONFORMANCE_TERRAFORM_CLIENT_SECRET' },
  uaaSecret: 'CONFORMANCE_UAA_SECRET',
  uaaAdministrator: 'CONFORMANCE_UAA_ADMIN_SECRET',
  operator: 'CONFORMANCE_OPERATOR_PASSWORD',
  demoBinding: 'CONFORMANCE_DEMO_BINDING',
  destinations: 'CONFORMANCE_DESTINATION_KEY',
  password: 'CONFORMANCE_PASSWORD',
  credentialStore: 'CONFORMANCE_CREDENTIAL_STORE_KEY',
} as const;

/** A person of both tenants with a password of his own. */
export const PERSON = { userName: 'conny', email: 'conny.conform@acme.example', givenName: 'Conny' } as const;

/** Where the application stands that people sign in to; no such host is asked, only its name is. */
export const OUR_APPLICATION = 'https://conformance.acme.example';

/** Where the authorization endpoint of IAS sends the browser back to. */
export const REDIRECT_URI = `${OUR_APPLICATION}/callback`;

const REDIRECT_URIS = [REDIRECT_URI, `${OUR_APPLICATION}/app/callback`];

/** An internal user of the UAA who operates the CF landscape, as SAP's people do. */
export const OPERATOR = 'operator';

/** UAA client that may look into tokens. */
export const UAA_INSPECTOR = 'conformance';

/** UAA client that administers clients, users and groups, which SAP gives to nobody outside. */
export const UAA_ADMINISTRATOR = 'conformance-admin';

/** An application of the landscape that validates tokens as SAP's library does, or so it says. */
export const DEMO_APPLICATION = 'https://demo.cfapps.eu10-004.hana.ondemand.com';

const application = { name: 'Conformance', clientId: CREDENTIAL.ias.id, clientSecret: CREDENTIAL.ias.secret };

/** How the seed of IAS registers redirect addresses; undefined until it can. */
const redirects = [{ redirectUris: REDIRECT_URIS }, { settings: { redirectUris: REDIRECT_URIS } }].find(
  (entry) => iasSeed.safeParse({ tenants: [{ id: 'x', applications: [{ ...application, ...entry }] }] }).success,
);

/** Throws a {@link Skip} as long as no application can have a redirect address. */
export function skipWithoutRedirects(): void {
  if (!redirects) throw new Skip('the seed of IAS knows no redirect addresses of applications');
}

/**
 * The landscape of acme, and what foreign clients need beside: a service that the global account is entitled to, an
 * application, an administrator and a person at IAS, a client and an operator of UAA, an application in Cloud Foundry, an
 * instance of the Destination service that another subaccount subscribed to, and one of Credential Store.
 */
export function withConformanceSeed(seed: Seed): Seed {
  const { accounts, ias, cf, destination, ...rest } = acme.parse(seed);
  const person = { ...PERSON, familyName: 'Conform', credential: CREDENTIAL.password };
  const tenants = ias.tenants.map((tenant) =>
    tenant.id !== 'acme-platform'
      ? { ...tenant, users: [...tenant.users, person] }
      : {
          ...tenant,
          users: [...tenant.users, person],
          administrators: [
            ...tenant.administrators,
            {
              name: 'scim client',
              clientId: CREDENTIAL.scim.id,
              clientSecret: CREDENTIAL.scim.secret,
              permissions: ['Manage Users', 'Read Users', 'Manage Groups'],
            },
            {
              name: 'terraform',
              clientId: CREDENTIAL.terraform.id,
              clientSecret: CREDENTIAL.terraform.secret,
              permissions: [
                'Manage Users',
                'Manage Groups',
                'Manage Applications',
                'Manage Corporate Identity Providers',
              ],
            },
          ],
          applications: [...tenant.applications, { ...application, ...(redirects ?? {}) }],
        },
  );
  const inspector = {
    landscape: 'eu10-004',
    id: UAA_INSPECTOR,
    secret: CREDENTIAL.uaaSecret,
    grantTypes: ['client_credentials'],
    authorities: ['uaa.resource'],
  };
  const operator = {
    landscape: 'eu10-004',
    userName: OPERATOR,
    password: CREDENTIAL.operator,
    groups: ['cloud_controller.admin', 'scim.read', 'scim.write'],
  };
  const administrator = {
    landscape: 'eu10-004',
    id: UAA_ADMINISTRATOR,
    secret: CREDENTIAL.uaaAdministrator,
    grantTypes: ['client_credentials'],
    authorities: ['clients.admin', 'scim.read', 'scim.write', 'uaa.admin'],
  };
  const demo = {
    globalAccount: 'acme',
    subaccount: 'dev',
    name: 'demo',
    credential: CREDENTIAL.demoBinding,
    authorities: ['Job'],
  };
  const instance = {
    globalAccount: 'acme',
    subaccount: 'dev',
    credential: CREDENTIAL.destinations,
    subscribers: ['test'],
  };
  return {
    ...rest,
    credentialStore: { instances: [{ credential: CREDENTIAL.credentialStore }] },
    accounts: {
      ...accounts,
      globalAccounts: accounts.globalAccounts.map((account) => ({
        ...account,
        entitlements: [...account.entitlements, { service: 'alert-notification', plan: 'standard' }],
      })),
    },
    ias: { ...ias, tenants },
    cf: { ...cf, uaaClients: [...cf.uaaClients, inspector, administrator], uaaUsers: [...cf.uaaUsers, operator] },
    destination: { ...destination, serviceKeys: [...destination.serviceKeys, instance] },
    integration: { applications: [demo] },
  };
}

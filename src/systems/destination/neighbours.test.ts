// The Destination service among the emulators of its real neighbours: XSUAA, UAA of Cloud Foundry, IAS.
import { expect, test } from 'vitest';
import { type Emulators, startEmulators } from '../../emulation/compose.ts';
import { createMemo } from '../../kernel/context.ts';
import { createLoginGuard } from '../../kernel/doctor/logins.ts';
import { createMemoryCopies } from '../../kernel/memory-copies.ts';
import { Secret } from '../../kernel/secret.ts';
import type { Subject, SystemContext } from '../../kernel/system.ts';
import { emulators } from '../emulators.ts';
import { serviceKey, serviceToken, vaultWith } from './emulator/testing/landscape.ts';
import { load } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const EMAIL = 'robot@sap-test.de';
const KEY = 'ACME_DEV_DESTINATION_KEY';

const manifestText = `
locum: 1
name: acme
globalAccount: acme
connections: { destination: { dev: 'env:${KEY}' } }
identityProviders: [{ name: idp, host: acme-platform.accounts.ondemand.com, originKey: acme-platform }]
technicalUsers:
  - name: robot
    owner: team@acme.example
    purpose: Deploys
    email: ${EMAIL}
    destinations:
      - { name: deploy, preset: ctms-deploy, in: dev, target: { subaccount: dev, space: app } }
      - { name: CFAPI, preset: cf-api, in: dev, target: { subaccount: dev } }
`;

function acme(): Promise<Emulators> {
  return startEmulators({
    emulators,
    seed: {
      accounts: {
        globalAccounts: [
          {
            subdomain: 'acme',
            displayName: 'acme',
            region: 'eu10',
            subaccounts: [{ name: 'dev', subdomain: 'acme-dev', region: 'eu10' }],
          },
        ],
      },
      ias: {
        tenants: [{ id: 'acme-platform', users: [{ userName: 'robot', email: EMAIL, credential: 'ROBOT_PASSWORD' }] }],
        sapId: {},
      },
      trust: {
        platform: [{ globalAccount: 'acme', host: 'acme-platform.accounts.ondemand.com', originKey: 'acme-platform' }],
      },
      cf: {
        landscapes: [{ name: 'eu10-004', region: 'eu10' }],
        orgs: [
          {
            name: 'acme-dev',
            subaccount: 'dev',
            globalAccount: 'acme',
            landscape: 'eu10-004',
            spaces: ['app'],
            roles: [{ user: EMAIL, origin: 'acme-platform', spaceRoles: { app: ['space_developer'] } }],
          },
        ],
      },
      destination: { serviceKeys: [{ globalAccount: 'acme', subaccount: 'dev', credential: KEY }] },
    },
  });
}

async function writtenBy(landscape: Emulators) {
  const manifest = await load(destination, manifestText);
  const { world, credentials } = landscape;
  const zone = world.use('accounts').subaccountByName('acme', 'dev');
  const org = zone && world.use('cloudFoundry').org(zone.guid);
  if (!zone || !org) throw new Error('no org');
  const inventory = {
    globalAccount: { guid: zone.globalAccount, subdomain: 'acme', displayName: 'acme' },
    directories: [],
    subaccounts: [
      {
        guid: zone.guid,
        name: 'dev',
        subdomain: 'acme-dev',
        region: 'eu10',
        labels: {},
        org: {
          guid: org.guid,
          name: org.name,
          api: 'https://api.cf.eu10-004.hana.ondemand.com',
          spaces: [{ guid: '', name: 'app' }],
        },
      },
    ],
  };
  const ctx: SystemContext = {
    ...landscape,
    manifest,
    copies: createMemoryCopies(),
    gates: new Set(),
    vault: vaultWith({ 'acme/robot': credentials.get('ROBOT_PASSWORD') ?? '' }),
    memo: createMemo(),
    logins: createLoginGuard(),
    log: () => undefined,
    secret: async (ref) => new Secret(credentials.get(ref.slice('env:'.length)) ?? ''),
  };
  const { resources } = destination.section.expand(manifest, inventory);
  const [type] = destination.resources;
  const [user] = manifest.technicalUsers;
  const [identityProvider] = manifest.identityProviders;
  if (!type || !user || !identityProvider) throw new Error('nothing declared');
  for (const resource of resources) await type.converge({ resource, action: 'create', observed: undefined }, ctx);

  async function hops(): Promise<readonly string[]> {
    const { objects } = (await type?.observe('dev', resources, ctx)) ?? { objects: new Map() };
    const subject: Subject = {
      user: user as Subject['user'],
      identityProvider: identityProvider as Subject['identityProvider'],
      resources,
      inventory,
      observed: (address) => objects.get(address),
      diff: () => undefined,
      unobserved: () => undefined,
    };
    const all = [];
    for (const check of destination.checks) all.push(...(await check.run(subject, ctx)));
    return all.map((hop) => `${hop.check} ${hop.title}: ${hop.status}${hop.code ? ` ${hop.code}` : ''}`);
  }
  return { hops };
}

test('both conventions give a token of IAS through UAA, and the CF API answers with the space', async () => {
  const { hops } = await writtenBy(await acme());
  expect(await hops()).toEqual([
    'destination/destination deploy in dev: ok',
    'destination/destination CFAPI in dev: ok',
    'destination/token deploy in dev: ok',
    'destination/token CFAPI in dev: ok',
    'destination/consumer deploy in dev: ok',
    'destination/consumer CFAPI in dev: ok',
  ]);
});

// At the emulated UAA itself.
test('A30: UAA refuses client cf with a secret and accepts it with none; the property origin alone reaches nobody', async () => {
  const landscape = await acme();
  const { uri } = serviceKey(landscape, KEY);
  const authorization = `Bearer ${await serviceToken(landscape, KEY)}`;
  const login = 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token';
  const tokenOf = async (more: Record<string, string>): Promise<string> => {
    const base = `${uri}/destination-configuration/v1`;
    const body = JSON.stringify({
      Name: 'A30',
      Type: 'HTTP',
      URL: 'https://api.cf.eu10-004.hana.ondemand.com',
      Authentication: 'OAuth2Password',
      clientId: 'cf',
      User: EMAIL,
      Password: landscape.credentials.get('ROBOT_PASSWORD') ?? '',
      tokenServiceURL: `${login}?login_hint=${encodeURIComponent('{"origin":"acme-platform"}')}`,
      ...more,
    });
    const headers = { authorization };
    const put = await landscape.fetch(`${base}/subaccountDestinations`, { method: 'PUT', headers, body });
    if (put.status === 404) await landscape.fetch(`${base}/subaccountDestinations`, { method: 'POST', headers, body });
    const found = (await (await landscape.fetch(`${base}/destinations/A30`, { headers })).json()) as {
      authTokens: { error?: string }[];
    };
    return found.authTokens[0]?.error ?? 'token';
  };
  expect(await tokenOf({})).toBe('token');
  expect(await tokenOf({ clientSecret: '' })).toBe('token');
  expect(await tokenOf({ clientSecret: 'dummy' })).toMatch(/status code 401\. Response was: \{.*"error"/);
  expect(await tokenOf({ tokenServiceURL: login, origin: 'acme-platform' })).toMatch(/status code 401/);
});

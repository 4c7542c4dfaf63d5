import { Hono } from 'hono';
import { UnsecuredJWT } from 'jose';
import { type Emulators, startEmulators } from '../../../src/emulation/compose.ts';
import type { EmulatorDefinition } from '../../../src/emulation/emulator.ts';
import { type HostEnv, mount } from '../../../src/emulation/mount.ts';
import { seedId } from '../../../src/emulation/seed-id.ts';
import { accountsEmulator } from '../../../src/systems/accounts/emulator/index.ts';
import { authzEmulator } from '../../../src/systems/authz/emulator/index.ts';
import { destinationEmulator } from '../../../src/systems/destination/emulator/index.ts';
import { btpCliEmulator } from '../../../src/systems/protocols/btp-cli/emulator/index.ts';
import { cloudFoundryDouble } from '../../../src/systems/protocols/btp-cli/emulator/testing/acme.ts';
import { servicesEmulator } from '../../../src/systems/services/emulator/index.ts';
import { trustEmulator } from '../../../src/systems/trust/emulator/index.ts';
import { type AccountModel, accountModel, type Place } from './accounts.ts';
import { recordedApplicationRoles } from './applications.ts';
import { recordedDestinations } from './destinations.ts';
import { recordedEnvironment } from './environments.ts';
import { recordedApplications, recordedEntitlements, recordedPartners } from './offers.ts';
import { backendOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import { recordedServices } from './services.ts';
import type { RecordedTrust, Survey } from './survey.ts';
import { recordedCollections, recordedMappings, recordedUsers, zoneOf } from './users.ts';

export interface Landscape {
  readonly emulators: Emulators;
  /** Tenant id that stands for the redacted one of the recorded logins. */
  readonly tenant: string;
  /** Whether the identity provider of the logins answers. */
  readonly identityProvider: { reachable: boolean };
}

/** Starts emulators that have what a sequence shows to have been there before it. */
export async function startLandscape(cassette: readonly Recording[], known: Survey): Promise<Landscape> {
  const model = accountModel(cassette, known);
  const platform = platformTrusts(cassette, known);
  const tenant = tenantOf(platform);
  const identityProvider = { reachable: true };
  const emulators = await startEmulators({
    emulators: [
      identityProviders([tenant.host, ...known.tenants], identityProvider),
      accountsEmulator,
      trustEmulator,
      authzEmulator,
      btpCliEmulator,
      destinationEmulator,
      servicesEmulator,
      cloudFoundryDouble({}, landscapesOf(cassette, model, known)),
    ],
    seed: {
      accounts: accountsSeed(cassette, model, known),
      trust: trustSeed(cassette, model, known, tenant, platform),
      destination: recordedDestinations(cassette, (id) => placeOf(model, known, id)),
      services: recordedServices(cassette, known.catalogue, (id) => placeOf(model, known, id)),
      authz: authzSeed(cassette, model, known, tenant),
    },
  });
  return { emulators, tenant: tenant.id, identityProvider };
}

interface Tenant {
  readonly id: string;
  readonly host: string;
  readonly originKey: string;
}

/** Platform trusts of the global account, first what the sequence itself speaks of: all sequences together have more than there may be. */
export function platformTrusts(
  cassette: readonly Recording[],
  { trusts }: Pick<Survey, 'trusts'>,
): readonly RecordedTrust[] {
  const text = JSON.stringify(cassette);
  const isNamed = ({ originKey, identityProvider }: RecordedTrust) =>
    text.includes(`"${originKey}"`) || text.includes(`${identityProvider}`);
  const all = trusts.filter(
    (one) => one.typeOfTrust === 'Platform' && one.identityProvider !== null && one.subaccount === undefined,
  );
  return [...all.filter(isNamed), ...all.filter((one) => !isNamed(one))];
}

/** The recorder replaced the tenant id in logins; the first platform trust still has it. */
function tenantOf([trust]: readonly RecordedTrust[]): Tenant {
  const host = trust?.identityProvider ?? 'recorded.accounts.ondemand.com';
  const id = host.split('.')[0] ?? host;
  return { id, host, originKey: trust?.originKey ?? `${id}-platform` };
}

/** Identity providers that accept every password: logins are not what these recordings are about. */
function identityProviders(tenants: readonly string[], state: { readonly reachable: boolean }): EmulatorDefinition {
  const hosts = [...new Set(['accounts.sap.com', ...tenants])];
  return {
    id: 'identity-providers',
    create(ctx) {
      ctx.world.provide('identity', {
        tenants: () => hosts.map((host) => ({ id: host, host, default: host === 'accounts.sap.com' })),
        registerApplication: (host, { name }) => ({
          id: seedId(host, name),
          clientId: seedId(host, name),
          clientSecret: 's',
        }),
      });
      const app = new Hono<HostEnv>().post('/oauth2/token', async (c) => {
        if (!state.reachable) return c.body(null, 503);
        const form = new URLSearchParams(await c.req.text());
        return c.json({ id_token: new UnsecuredJWT({ email: form.get('username') ?? '' }).encode() });
      });
      return { mounts: hosts.map((host) => mount(host, () => [host], app)), seed: async () => {} };
    },
  };
}

/** Two landscapes in every region, and those that are named; no org is in them before one is made. */
function landscapesOf(cassette: readonly Recording[], { places }: AccountModel, { landscapes }: Survey) {
  const asked = cassette.flatMap((one) => paramsOf(one).region ?? []);
  const regions = new Set([...[...places.values()].map(({ region }) => region), ...asked]);
  const unnamed = [...regions].flatMap((region) => [`${region}-001`, `${region}-002`]);
  return [...new Set([...landscapes, ...unnamed])].map((name) => ({ name, region: name.replace(/-\d+$/, '') }));
}

function placeOf({ places }: AccountModel, { globalAccount }: Survey, subaccount: string) {
  return { globalAccount, subaccount: places.get(subaccount)?.name };
}

function accountsSeed(cassette: readonly Recording[], model: AccountModel, known: Survey) {
  const { guid, displayName, description, places } = model;
  const { globalAccount } = known;
  const nameOf = (parent: string | undefined) => places.get(parent ?? '')?.name;
  const common = ({ guid, name, node }: Place) => ({
    guid,
    name,
    ...(typeof node.description === 'string' ? { description: node.description } : {}),
    ...(node.labels === undefined ? {} : { labels: node.labels }),
  });
  const all = [...places.values()];
  const named = (kind: Place['kind']) => (id: string) => {
    const place = places.get(id);
    return place?.kind === kind ? place.name : undefined;
  };
  const above = (key: 'parent' | 'directory', { parent }: Place) => {
    const name = nameOf(parent);
    return name === undefined ? {} : { [key]: name };
  };
  return {
    globalAccounts: [
      {
        guid,
        subdomain: globalAccount,
        displayName,
        ...(description === undefined ? {} : { description }),
        directories: all
          .filter(({ kind }) => kind === 'directory')
          .map((place) => ({ ...common(place), ...above('parent', place), authorizations: place.authorizations })),
        subaccounts: all
          .filter(({ kind }) => kind === 'subaccount')
          .map((place) => ({
            ...common(place),
            ...above('directory', place),
            subdomain: place.subdomain,
            region: place.region,
            ...(place.node.contractStatus === 'PENDING_FORCED_DELETION' ? { pendingDeletion: true } : {}),
            ...recordedEnvironment(cassette, place.guid),
          })),
        entitlements: recordedEntitlements(cassette, named('subaccount'), named('directory')),
        ...recordedPartners(cassette, named('subaccount'), [...places.keys()]),
      },
    ],
    applications: recordedApplications(cassette, (id) => placeOf(model, known, id)),
  };
}

/** As many as a global account may have. */
const PLATFORM_TRUSTS = 3;

function trustSeed(
  cassette: readonly Recording[],
  model: AccountModel,
  { globalAccount, trusts }: Survey,
  tenant: Tenant,
  platformTrusts: readonly RecordedTrust[],
) {
  // What a sequence establishes is not there before.
  const established = cassette
    .filter((one) => operationOf(one) === 'security/trust?create' && succeeded(one))
    .map(paramsOf);
  const isEstablished = (host: string | null, subaccount: string | undefined) =>
    established.some((params) => params.iasTenantUrl === host && params.subaccount === subaccount);
  const platform = platformTrusts
    .filter((trust) => !isEstablished(trust.identityProvider, undefined))
    .map((trust) => ({
      globalAccount,
      host: trust.identityProvider,
      originKey: trust.originKey,
      originKeyCfuaa: trust.originKeyCfuaa,
      name: trust.name,
      ...(trust.description === null ? {} : { description: trust.description }),
    }));
  const own = platform.find(({ host }) => host === tenant.host) ?? {
    globalAccount,
    host: tenant.host,
    originKey: tenant.originKey,
  };
  const more = established.filter(({ subaccount }) => subaccount === undefined).length;
  return {
    platform: [own, ...platform.filter((trust) => trust !== own)].slice(0, Math.max(1, PLATFORM_TRUSTS - more)),
    application: trusts.flatMap((trust) => {
      const place = model.places.get(trust.subaccount ?? '');
      if (place === undefined || trust.typeOfTrust !== 'Application' || trust.identityProvider === null) return [];
      if (trust.originKey === 'sap.default' || isEstablished(trust.identityProvider, place.guid)) return [];
      const { identityProvider: host, originKey, name, description } = trust;
      const more = description === null ? {} : { description };
      return [{ globalAccount, subaccount: place.name, host, originKey, name, ...more }];
    }),
  };
}

function authzSeed(cassette: readonly Recording[], model: AccountModel, known: Survey, tenant: Tenant) {
  const { globalAccount } = known;
  const levelOf = (zone: string) => model.places.get(zone)?.kind ?? 'global-account';
  const isKnown = ({ zone }: { readonly zone: string }) =>
    zone === model.guid || model.places.get(zone)?.authorizations === true;
  const where = (zone: string) => {
    const place = model.places.get(zone);
    if (!place) return 'global-account';
    return place.kind === 'subaccount' ? { subaccounts: [place.name] } : { directories: [place.name] };
  };
  const caller = String(cassette.find((one) => one.command === null)?.requestBody.userName ?? 'caller@example.com');
  const refused = refusedTenants(cassette, model.guid);
  const { applications, roles } = recordedApplicationRoles(cassette, model.guid, levelOf);
  const placed = <T extends { readonly zone: string }>(rows: readonly T[]) =>
    rows.filter(isKnown).map(({ zone, ...row }) => ({ globalAccount, in: where(zone), ...row }));
  const administrator = { globalAccount, userName: caller, originKey: tenant.originKey };
  return {
    applications: placed(applications),
    roles: placed(roles),
    roleCollections: placed(recordedCollections(cassette, model.guid, levelOf)),
    mappings: placed(recordedMappings(cassette, model.guid, known)),
    users: [
      { ...administrator, in: 'global-account', roleCollections: ['Global Account Administrator'] },
      ...[...model.places.values()]
        .filter(({ guid, authorizations }) => authorizations && !refused.has(guid))
        .map(({ guid, kind }) => ({
          ...administrator,
          in: where(guid),
          roleCollections: [kind === 'subaccount' ? 'Subaccount Administrator' : 'Directory Administrator'],
        })),
      ...placed(recordedUsers(cassette, model.guid).filter((user) => user.userName !== caller)),
    ],
  };
}

/** Tenants where nothing that the caller tried was allowed. */
function refusedTenants(cassette: readonly Recording[], globalAccount: string): ReadonlySet<string> {
  const tries = cassette.filter((one) => one.command?.startsWith('security/'));
  const byTenant = Map.groupBy(tries, (one) => zoneOf(one, globalAccount));
  const refused = [...byTenant].filter(([, all]) => all.every((one) => backendOf(one) === 403));
  return new Set(refused.map(([tenant]) => tenant));
}

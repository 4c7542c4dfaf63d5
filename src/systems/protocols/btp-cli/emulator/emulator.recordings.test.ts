import { Hono } from 'hono';
import { UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { type Emulators, startEmulators } from '../../../../emulation/compose.ts';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import { accountsEmulator } from '../../../accounts/emulator/index.ts';
import { authzEmulator } from '../../../authz/emulator/index.ts';
import { destinationEmulator } from '../../../destination/emulator/index.ts';
import { servicesEmulator } from '../../../services/emulator/index.ts';
import { trustEmulator } from '../../../trust/emulator/index.ts';
import { bodyOf, headerOf, noRecordings, operationOf, type Recording, readRecordings } from '../testing-recordings.ts';
import { btpCliEmulator } from './index.ts';
import { cloudFoundryDouble } from './testing/acme.ts';
import { recordedDestinations } from './testing/recorded-destinations.ts';
import { recordedServices } from './testing/recorded-services.ts';
import { misfits, type Shape, shapeOf } from './testing/shape.ts';

/** What the emulators of these slices answer. */
const EMULATED =
  /^(login|security\/(trust|available-idp|user|role-collection|role|settings|api-credential)\?.*|connectivity\/.*|services\/.*|accounts\/.*)$/;

const GLOBAL_ACCOUNT = 'terraformintcanary';
/** The recorder replaced the tenant id in logins; the trust list still has it. */
const TENANT = 'terraformint';
const CALLER = 'john.doe@int.test';

const recordings = readRecordings();
const cassettes = Map.groupBy(recordings, (recording) => recording.cassette);

const params = (recording: Recording) => recording.requestBody.paramValues ?? {};
const backendOf = (recording: Recording) => headerOf(recording.responseHeaders, 'x-cpcli-backend-status');

type Node = Readonly<Record<string, unknown>> & { readonly guid: string; readonly displayName: string };
interface Hierarchy extends Node {
  readonly children?: readonly Hierarchy[];
  readonly subaccounts?: readonly Node[];
  readonly directoryFeatures?: readonly string[];
}

/** Why an exchange says nothing about the emulators. */
function reasonToSkip(recording: Recording, cassette: readonly Recording[]): string | undefined {
  if (!EMULATED.test(operationOf(recording))) return 'a command of another slice';
  if (recording.status === 504) return 'a timeout of the service';
  // The hierarchy shows that the directory manages users today; it did not when this was recorded.
  if (recording.cassette.includes('not_security_enabled')) return 'about a directory that has changed since';
  if (recording.command === 'security/role' && recording.cassette.endsWith('role_with_attributes')) {
    return 'about a role of an application that the emulators do not have';
  }
  if (recording.command === 'security/api-credential' && recording.cassette.endsWith('with_certificate')) {
    return 'about a certificate that was redacted';
  }
  if (recording.command === 'connectivity/destination-certificate' && cassette.some(uploadsRedacted)) {
    return 'about an upload that was redacted';
  }
  return undefined;
}

const uploadsRedacted = (one: Recording) => operationOf(one) === 'connectivity/destination-certificate?create';

const skipped = Map.groupBy(
  [...cassettes.values()].flatMap((cassette) => cassette.flatMap((one) => reasonToSkip(one, cassette) ?? [])),
  (reason) => reason,
);
const leftOut = [...skipped].map(([reason, all]) => `${all.length} ${reason}`).join(', ');

const judged = [...cassettes.values()].flatMap((cassette) =>
  cassette.filter((recording) => reasonToSkip(recording, cassette) === undefined),
);

/** The account model as the newest recorded hierarchy has it. */
const hierarchy = recordings
  .filter((one) => operationOf(one) === 'accounts/global-account?get' && params(one).showHierarchy === 'true')
  .map((one) => one.responseBody as Hierarchy)
  .sort((a, b) => (a.subaccounts?.length ?? 0) - (b.subaccounts?.length ?? 0))
  .at(-1);

const everything = recordings.filter((one) => backendOf(one) === '200');
const answersTo = <T>(operation: string) =>
  everything
    .filter((one) => operationOf(one) === operation)
    .map((one) => ({ recording: one, body: one.responseBody as T }));

const trusts =
  answersTo<
    readonly {
      originKey: string;
      identityProvider: string | null;
      typeOfTrust: string;
      name: string;
      description: string;
      originKeyCfuaa: string | null;
    }[]
  >('security/trust?list');
const platformTrusts = trusts.find(({ recording }) => 'globalAccount' in params(recording))?.body ?? [];
const tenants = new Set([
  ...platformTrusts.flatMap((trust) => trust.identityProvider ?? []),
  ...everything.flatMap((one) =>
    operationOf(one) === 'security/trust?create' ? (params(one).iasTenantUrl ?? []) : [],
  ),
  ...answersTo<readonly { host: string }[]>('security/available-idp?list').flatMap(({ body }) =>
    body.map((row) => row.host),
  ),
]);

/** Identity providers that accept every password: logins are not what these recordings are about. */
const identityProviders: EmulatorDefinition = {
  id: 'identity-providers',
  create(ctx) {
    const hosts = ['accounts.sap.com', ...tenants];
    ctx.world.provide('identity', {
      tenants: () => hosts.map((host) => ({ id: host, host, default: host === 'accounts.sap.com' })),
      registerApplication: (host, { name }) => ({
        id: seedId(host, name),
        clientId: seedId(host, name),
        clientSecret: 's',
      }),
    });
    const app = new Hono<HostEnv>().post('/oauth2/token', async (c) => {
      const form = new URLSearchParams(await c.req.text());
      return c.json({ id_token: new UnsecuredJWT({ email: form.get('username') ?? '' }).encode() });
    });
    return { mounts: [...hosts].map((host) => mount(host, () => [host], app)), seed: async () => {} };
  },
};

/** Two landscapes in the region of the recordings, and no org in them before one is made. */
const orgs = cloudFoundryDouble({}, [
  { name: 'eu12-001', region: 'eu12' },
  { name: 'eu12-002', region: 'eu12' },
]);

interface SeededUser {
  readonly zone: string;
  readonly userName: string;
  readonly originKey: string;
  readonly roleCollections: readonly string[];
  readonly givenName?: string;
  readonly familyName?: string;
}

const origin = (key: string | undefined) => (key === undefined || key === 'ldap' ? 'sap.default' : key);
const zoneOf = (recording: Recording) =>
  params(recording).subaccount ?? params(recording).directory ?? hierarchy?.guid ?? '';

/** The users that a cassette's own answers speak of, as they were before it. */
function usersOf(cassette: readonly Recording[]): readonly SeededUser[] {
  const users = new Map<string, SeededUser>();
  const add = (user: SeededUser) => {
    const key = `${user.zone} ${user.originKey} ${user.userName}`;
    if (!users.has(key)) users.set(key, user);
  };
  for (const recording of cassette) {
    if (backendOf(recording) !== '200') continue;
    const zone = zoneOf(recording);
    const { userName, roleCollectionName } = params(recording);
    if (operationOf(recording) === 'security/user?list') {
      for (const name of recording.responseBody as readonly string[]) {
        add({ zone, userName: name, originKey: origin(params(recording).origin), roleCollections: [] });
      }
    }
    if (userName === undefined) continue;
    const body = recording.responseBody as Partial<SeededUser> & { readonly version?: number };
    const fresh = recording.action === 'assign' && body.version === 1;
    if (fresh || body.roleCollections === undefined) continue;
    const held = body.roleCollections.filter((name) => recording.action !== 'assign' || name !== roleCollectionName);
    add({
      zone,
      userName,
      originKey: origin(params(recording).origin),
      roleCollections: held,
      ...(body.givenName === undefined ? {} : { givenName: body.givenName }),
      ...(body.familyName === undefined ? {} : { familyName: body.familyName }),
    });
  }
  return [...users.values()];
}

function directoriesBelow(node: Hierarchy, parent?: string): readonly Readonly<Record<string, unknown>>[] {
  return (node.children ?? []).flatMap((child) => [
    {
      ...account(child),
      ...(parent === undefined ? {} : { parent }),
      authorizations: child.directoryFeatures?.includes('AUTHORIZATIONS') ?? false,
    },
    ...directoriesBelow(child, child.displayName),
  ]);
}

function subaccountsBelow(node: Hierarchy, directory?: string): readonly Readonly<Record<string, unknown>>[] {
  const own = (node.subaccounts ?? []).map((row) => ({
    ...account(row),
    subdomain: row.subdomain,
    region: row.region,
    ...(directory === undefined ? {} : { directory }),
  }));
  return [...own, ...(node.children ?? []).flatMap((child) => subaccountsBelow(child, child.displayName))];
}

/** Subaccounts that came and went: what the cassette's own first list has beside the hierarchy. */
function listedBeside(cassette: readonly Recording[]): readonly Readonly<Record<string, unknown>>[] {
  const list = cassette.find((one) => operationOf(one) === 'accounts/subaccount?list' && backendOf(one) === '200');
  const rows = (list?.responseBody as { readonly value: readonly Node[] } | undefined)?.value ?? [];
  const known = new Set(hierarchy ? subaccountsBelow(hierarchy).map((row) => row.guid) : []);
  return rows
    .filter((row) => !known.has(row.guid))
    .map((row) => ({ ...account(row), subdomain: row.subdomain, region: row.region }));
}

/** Group and attribute mappings in the cassette's own answers; they name the identity provider by its host. */
function mappingsOf(cassette: readonly Recording[]) {
  type Mapping = Readonly<Record<'roleCollectionName' | 'attributeName' | 'attributeValue' | 'samlEntityId', string>>;
  return cassette.flatMap((recording) => {
    if (operationOf(recording) !== 'security/role-collection?get' || backendOf(recording) !== '200') return [];
    const body = recording.responseBody as { readonly samlAttributeAssignment?: readonly Mapping[] };
    return (body.samlAttributeAssignment ?? []).map((mapping) => ({
      zone: zoneOf(recording),
      roleCollection: mapping.roleCollectionName,
      attribute: mapping.attributeName,
      value: mapping.attributeValue,
      originKey:
        params(recording).subaccount === undefined
          ? platformTrusts.find((trust) => `https://${trust.identityProvider}` === mapping.samlEntityId)?.originKey
          : 'sap.custom',
    }));
  });
}

function commandOf(recording: Recording) {
  return {
    operation: operationOf(recording),
    params: params(recording),
    status: backendOf(recording),
    body: recording.responseBody,
  };
}

function account(row: Node) {
  return {
    guid: row.guid,
    name: row.displayName,
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(row.labels === undefined ? {} : { labels: row.labels }),
  };
}

async function startFor(cassette: readonly Recording[]): Promise<Emulators> {
  if (!hierarchy) throw new Error('no recorded hierarchy');
  // What a sequence makes is not there before, also where the hierarchy was read while another one had it.
  const made = cassette.flatMap((one) => (one.action === 'create' ? (params(one).subdomain ?? []) : []));
  const subaccounts = [...subaccountsBelow(hierarchy), ...listedBeside(cassette)].filter(
    (row) => !made.includes(String(row.subdomain)),
  );
  const names = new Map([...directoriesBelow(hierarchy), ...subaccounts].map((row) => [row.guid, row.name]));
  const placeOf = (subaccount: string) => ({ globalAccount: GLOBAL_ACCOUNT, subaccount: names.get(subaccount) });
  const where = (zone: string) => {
    if (zone === hierarchy.guid) return 'global-account';
    const kind = subaccounts.some((row) => row.guid === zone) ? 'subaccounts' : 'directories';
    return { [kind]: [names.get(zone)] };
  };
  // The global account has three platform trusts, as many as it may; the one that is established here is not there yet.
  const creates = cassette.some(
    (one) => operationOf(one) === 'security/trust?create' && 'globalAccount' in params(one),
  );
  const platform = platformTrusts
    .filter((trust) => trust.typeOfTrust === 'Platform' && !(creates && trust.originKey === 'terraform-platform'))
    .map((trust) => ({
      globalAccount: GLOBAL_ACCOUNT,
      host: trust.identityProvider,
      originKey: trust.originKey,
      originKeyCfuaa: trust.originKeyCfuaa,
      name: trust.name,
      description: trust.description,
    }));
  const application = trusts.flatMap(({ recording, body }) =>
    body
      .filter((trust) => trust.originKey === 'sap.custom')
      .map((trust) => ({
        globalAccount: GLOBAL_ACCOUNT,
        subaccount: names.get(params(recording).subaccount),
        host: trust.identityProvider,
        name: trust.name,
        description: trust.description,
      })),
  );
  const administrator = { globalAccount: GLOBAL_ACCOUNT, userName: CALLER, originKey: `${TENANT}-platform` };
  return startEmulators({
    emulators: [
      identityProviders,
      accountsEmulator,
      trustEmulator,
      authzEmulator,
      btpCliEmulator,
      destinationEmulator,
      servicesEmulator,
      orgs,
    ],
    seed: {
      accounts: {
        globalAccounts: [
          {
            guid: hierarchy.guid,
            subdomain: GLOBAL_ACCOUNT,
            displayName: hierarchy.displayName,
            description: hierarchy.description,
            directories: directoriesBelow(hierarchy),
            subaccounts,
          },
        ],
      },
      trust: { platform, application: application.slice(0, 1) },
      destination: recordedDestinations(cassette.map(commandOf), placeOf),
      services: recordedServices(cassette.map(commandOf), placeOf),
      authz: {
        mappings: mappingsOf(cassette).map(({ zone, ...mapping }) => ({
          globalAccount: GLOBAL_ACCOUNT,
          in: where(zone),
          ...mapping,
        })),
        users: [
          { ...administrator, in: 'global-account', roleCollections: ['Global Account Administrator'] },
          { ...administrator, in: { directories: '*' }, roleCollections: ['Directory Administrator'] },
          { ...administrator, in: { subaccounts: '*' }, roleCollections: ['Subaccount Administrator'] },
          ...usersOf(cassette)
            .filter((user) => user.userName !== CALLER)
            .map(({ zone, ...user }) => ({ globalAccount: GLOBAL_ACCOUNT, in: where(zone), ...user })),
        ],
      },
    },
  });
}

/** Shapes are those of the exchange itself where it says enough, and of all exchanges of its kind for lists. */
const kinds = Map.groupBy(everything, (one) => `${operationOf(one)} ${Object.keys(params(one)).join()}`);

const shapes = new Map<string, Shape>();

function shapeFor(recording: Recording): Shape {
  if (recording.command === null) return shapeOf([recording.responseBody]);
  const kind = `${operationOf(recording)} ${Object.keys(params(recording)).join()}`;
  const known = shapes.get(kind);
  if (known) return known;
  const shape = shapeOf((kinds.get(kind) ?? [recording]).map((one) => one.responseBody));
  shapes.set(kind, shape);
  return shape;
}

function differences(recording: Recording, response: Response, text: string, expected: string): readonly string[] {
  const found: string[] = [];
  if (response.status !== recording.status) found.push(`status ${response.status}, not ${recording.status}`);
  const names = [
    'content-type',
    'x-cpcli-backend-status',
    'x-cpcli-backend-mediatype',
    'x-cpcli-backend-message',
    'x-cpcli-server-message',
  ];
  for (const name of names) {
    const [actual, expected] = [response.headers.get(name) ?? undefined, headerOf(recording.responseHeaders, name)];
    if (actual !== expected) found.push(`${name}: ${actual}, not ${expected}`);
  }
  const session = headerOf(recording.responseHeaders, 'x-cpcli-sessionid') !== undefined;
  if (response.headers.has('x-cpcli-sessionid') !== session) found.push('session header');
  if (found.length > 0) return found;
  if (recording.responseBodyKind !== 'json') return text === expected ? [] : [`body ${text.slice(0, 80)}`];
  const body = JSON.parse(text) as unknown;
  const refusal = recording.responseBody as { readonly error?: string; readonly ErrorMessage?: string };
  // Service Manager ends its errors with a newline, which was lost where the recording keeps JSON only.
  if ((refusal.error ?? refusal.ErrorMessage) !== undefined) {
    return text.trimEnd() === expected ? [] : [`error ${text}, not ${expected}`];
  }
  const shape = shapeFor(recording);
  return misfits(body, shape);
}

const MINUTE = 60_000;

/** How long the service took is not judged, only what it came to: deleted is gone, and created is there. */
function isSettled(recording: Recording): boolean {
  const { state, entityState } = recording.responseBody as { readonly state?: string; readonly entityState?: string };
  return recording.action === 'get' && (backendOf(recording) === '404' || (state ?? entityState) === 'OK');
}

function learnIds(ids: Map<string, string>, theirs: unknown, text: string): void {
  if (!text.startsWith('{')) return;
  const ours = JSON.parse(text) as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(theirs as Readonly<Record<string, unknown>>)) {
    const made = ours[key];
    if (/^(guid|id)$/.test(key) && typeof value === 'string' && typeof made === 'string') ids.set(value, made);
  }
}

test.skipIf(noRecordings)(
  `answers ${judged.length} of ${recordings.length} recorded exchanges in ${cassettes.size} sequences as the service did; left out: ${leftOut}`,
  async () => {
    const wrong: string[] = [];
    for (const [name, cassette] of cassettes) {
      if (!cassette.some((recording) => judged.includes(recording))) continue;
      const landscape = await startFor(cassette);
      let session = '';
      /** Ids that the service made, and those that the emulators made in their place. */
      const ids = new Map<string, string>();
      const translated = (text: string) =>
        [...ids].reduce((done, [theirs, ours]) => done.replaceAll(theirs, ours), text);
      for (const recording of cassette) {
        if (reasonToSkip(recording, cassette) !== undefined) continue;
        const { pathname, search } = new URL(recording.url);
        const login = recording.command === null;
        const headers = new Headers(recording.requestHeaders as Record<string, string>);
        headers.delete('content-length');
        if (!login) headers.set('x-cpcli-sessionid', session);
        if (isSettled(recording)) landscape.advance(MINUTE);
        const body = login ? { ...recording.requestBody, customIdp: TENANT } : recording.requestBody;
        const url = `https://cli.btp.cloud.sap${pathname}${search}`;
        const response = await landscape.fetch(url, {
          method: 'POST',
          headers,
          body: `${translated(JSON.stringify(body))}\n`,
        });
        const text = await response.text();
        if (login) session = response.headers.get('x-cpcli-sessionid') ?? session;
        if (recording.action === 'create') learnIds(ids, recording.responseBody, text);
        const found = differences(recording, response, text, translated(bodyOf(recording)));
        wrong.push(...found.map((what) => `${name}#${recording.index} ${operationOf(recording)}: ${what}`));
      }
    }
    expect(wrong).toEqual([]);
  },
);

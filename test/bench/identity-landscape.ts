import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { z } from 'zod';
import { switchUses } from '../../scripts/docs/sources.ts';
import { createLandscape, createMemoryPersistence, type Landscape } from '../../src/landscape/index.ts';
import type { Persistence, StoredDocument } from '../../src/landscape/state/persistence.ts';
import { acmeSeed } from '../fixtures/acme.ts';

/** Names of credentials that the seed of the benches adds. */
const CREDENTIAL = {
  application: { id: 'BENCH_IAS_CLIENT_ID', secret: 'BENCH_IAS_CLIENT_SECRET' },
  password: 'BENCH_PASSWORD',
  inspector: 'BENCH_UAA_SECRET',
} as const;

const PERSON = { userName: 'benno', email: 'benno.bench@acme.example', givenName: 'Benno', familyName: 'Bench' };

/** Where the benches ask. */
export const IAS = 'https://acme-platform.accounts.ondemand.com';
export const UAA = 'https://uaa.cf.eu10-004.hana.ondemand.com';

/** UAA client that may look into tokens. */
const INSPECTOR = 'bench';

const list = z.array(z.unknown()).default([]);
const acme = z.looseObject({
  ias: z.looseObject({ tenants: z.array(z.looseObject({ id: z.string(), users: list, applications: list })) }),
  trust: z.looseObject({ platform: list }),
  cf: z.looseObject({ uaaClients: list }),
});

/** The acme company with a trusted tenant, an application there, and clients of UAA and XSUAA. */
function benchSeed() {
  const seed = acme.parse(acmeSeed());
  const { application } = CREDENTIAL;
  const tenants = seed.ias.tenants.map((tenant) =>
    tenant.id !== 'acme-platform'
      ? tenant
      : {
          ...tenant,
          users: [...tenant.users, { ...PERSON, credential: CREDENTIAL.password }],
          applications: [
            ...tenant.applications,
            { name: 'Bench', clientId: application.id, clientSecret: application.secret },
          ],
        },
  );
  const inspector = {
    landscape: 'eu10-004',
    id: INSPECTOR,
    secret: CREDENTIAL.inspector,
    grantTypes: ['client_credentials'],
    authorities: ['uaa.resource'],
  };
  const trusted = { globalAccount: 'acme', host: new URL(IAS).host, originKey: 'acme-platform' };
  return {
    ...seed,
    ias: { ...seed.ias, tenants },
    trust: { ...seed.trust, platform: [...seed.trust.platform, trusted] },
    cf: { ...seed.cf, uaaClients: [...seed.cf.uaaClients, inspector] },
  };
}

/** A landscape in memory whose tenant acme-platform has many users with one password. */
export interface IdentityLandscape extends AsyncDisposable {
  readonly landscape: Landscape;
  /** E-mail of the n-th user. */
  emailOf(user: number): string;
  readonly password: string;
  /** Hash of the first user's password. */
  readonly hash: string;
  /** `Authorization` header of the application at IAS, and of a UAA client that may look into tokens. */
  readonly application: string;
  readonly inspector: string;
  /** Client of an XSUAA, as a service key has it. */
  readonly serviceKey: {
    readonly url: string;
    /** Of the Destination service. */
    readonly uri: string;
    readonly clientid: string;
    readonly clientsecret: string;
  };
}

export interface IdentityLandscapeOptions {
  /** Users of the tenant. */
  readonly users: number;
  /** Users whose hash is their own, as that of every user is; the others share one, which says nothing about memory. @default all */
  readonly hashes?: number;
}

const serviceKey = z.looseObject({ url: z.string(), uri: z.string(), clientid: z.string(), clientsecret: z.string() });

const basic = (id: string, secret = '') => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

export async function openIdentityLandscape(options: IdentityLandscapeOptions): Promise<IdentityLandscape> {
  // Limits would be what is measured.
  const limits = switchUses().filter(({ name }) => /limit/i.test(name));
  const switches = Object.fromEntries(limits.map(({ name }) => [name, false]));
  const origin = createMemoryPersistence();
  const seed = benchSeed();
  let password = '';
  {
    await using planted = await createLandscape({ seed, persistence: origin, switches });
    const known = planted.credentials();
    password = known[CREDENTIAL.password] ?? '';
    // The first logon hashes a planted password.
    const authorization = basic(
      known[CREDENTIAL.application.id] ?? '',
      encodeURIComponent(known[CREDENTIAL.application.secret] ?? ''),
    );
    const form = new URLSearchParams({ grant_type: 'password', username: PERSON.email, password });
    await planted.fetch(`${IAS}/oauth2/token`, { method: 'POST', headers: { authorization }, body: form });
  }
  const documents: StoredDocument[] = [];
  for await (const document of origin.load()) documents.push(document);
  const users = await manyUsers(documents, password, options);
  const landscape = await createLandscape({ persistence: filledWith(documents, users.documents), switches });
  const credentials = landscape.credentials();
  return {
    landscape,
    emailOf: users.emailOf,
    password,
    hash: users.hash,
    application: basic(
      credentials[CREDENTIAL.application.id] ?? '',
      encodeURIComponent(credentials[CREDENTIAL.application.secret] ?? ''),
    ),
    inspector: basic(INSPECTOR, encodeURIComponent(credentials[CREDENTIAL.inspector] ?? '')),
    serviceKey: serviceKey.parse(JSON.parse(credentials.ACME_DEV_DESTINATION_KEY ?? '{}')),
    [Symbol.asyncDispose]: () => landscape[Symbol.asyncDispose](),
  };
}

/** Made while they are loaded: all of them at once would be what the memory of the process tells of. */
function filledWith(...parts: readonly Iterable<StoredDocument>[]): Persistence {
  const memory = createMemoryPersistence();
  return {
    ...memory,
    async *load() {
      for (const documents of parts) {
        for (const document of documents) {
          await memory.write([document]);
          yield document;
        }
      }
    },
  };
}

const stored = z.looseObject({
  id: z.string(),
  resource: z.looseObject({ userName: z.string() }),
  password: z.looseObject({ hash: z.string() }),
});

/** Copies of the one user that was planted: planting thousands would take as many hashes one after the other. */
async function manyUsers(
  documents: readonly StoredDocument[],
  password: string,
  { users, hashes = users }: IdentityLandscapeOptions,
) {
  const first = documents.find(
    ({ collection, value }) =>
      collection === 'ias/users' && stored.safeParse(value).data?.resource.userName === PERSON.userName,
  );
  if (!first) throw new Error('the user of the bench was not planted');
  const { collection, key, value } = first;
  const { id, password: kept } = stored.parse(value);
  const [, memoryCost, timeCost, parallelism] = (/m=(\d+),t=(\d+),p=(\d+)/.exec(kept.hash) ?? []).map(Number);
  if (!memoryCost || !timeCost || !parallelism) throw new Error('the password is not hashed with argon2');
  const made = await Promise.all(
    Array.from({ length: Math.min(users, hashes) }, () => hash(password, { memoryCost, timeCost, parallelism })),
  );
  const userId = /"userId":"([^"]+)"/.exec(JSON.stringify(value))?.[1] ?? '';
  const text = JSON.stringify(value);
  const last = documents.reduce((highest, { position }) => Math.max(highest, position), 0);
  const emailOf = (user: number) => PERSON.email.replace('@', `.${user}@`);
  function copyOf(user: number): StoredDocument {
    const own = randomUUID();
    const copy = text
      .replaceAll(id, own)
      .replaceAll(userId, `P9${user}`)
      .replaceAll(PERSON.email, emailOf(user))
      .replaceAll(`"${PERSON.userName}"`, `"${PERSON.userName}-${user}"`)
      .replaceAll(kept.hash, made[user % made.length] ?? kept.hash);
    return {
      collection,
      key: key.replace(id, own),
      value: JSON.parse(copy),
      position: last + 1 + user,
    };
  }
  function* copies() {
    for (let user = 0; user < users; user++) yield copyOf(user);
  }
  return { documents: copies(), emailOf, hash: made[0] ?? kept.hash };
}

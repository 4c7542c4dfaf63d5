import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from '../../src/kernel/context.ts';
import { createLandscape, findLandscape } from '../../src/landscape/index.ts';

const ROUNDS = 2;
/** Acknowledged writes of a round, after which the landscape is killed. */
const WRITES = 60;

const SCIM = 'https://acme-platform.accounts.ondemand.com/scim/Users';
const API = 'https://api.cf.eu10-004.hana.ondemand.com';

type Fetch = Context['fetch'];
type Credentials = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

/** A service that is written to, one name a write, and that tells whether a name is there. */
interface Writer {
  readonly service: string;
  write(name: string): Promise<Response>;
  holds(name: string): Promise<boolean>;
}

async function tokenOf(fetch: Fetch, url: string, form: Headers, headers: Headers = {}): Promise<Headers> {
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
  const { access_token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
}

interface ServiceKey {
  readonly url: string;
  readonly uri: string;
  readonly clientid: string;
  readonly clientsecret: string;
}

function clientToken(fetch: Fetch, { url, clientid, clientsecret }: Omit<ServiceKey, 'uri'>): Promise<Headers> {
  const form = { grant_type: 'client_credentials', client_id: clientid, client_secret: clientsecret };
  return tokenOf(fetch, `${url}/oauth/token`, form);
}

async function writersOf(fetch: Fetch, credentials: Credentials): Promise<readonly Writer[]> {
  const read = (name: string) => credentials[name] ?? '';
  const post = (url: string, headers: Headers, body: object) =>
    fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const ias = {
    authorization: `Basic ${btoa(`${read('ACME_IAS_CLIENT_ID')}:${read('ACME_IAS_CLIENT_SECRET')}`)}`,
    'content-type': 'application/scim+json',
  };
  const admin = {
    grant_type: 'password',
    username: 'platform-admin@acme.example',
    password: read('ACME_ADMIN_PASSWORD'),
  };
  const cf = await tokenOf(fetch, `${API.replace('api.', 'uaa.')}/oauth/token`, admin, {
    authorization: `Basic ${btoa('cf:')}`,
  });
  const orgs = (await (await fetch(`${API}/v3/organizations?names=acme-dev`, { headers: cf })).json()) as {
    resources: { guid: string }[];
  };
  const organization = { data: { guid: orgs.resources[0]?.guid } };
  const destinationKey = JSON.parse(read('ACME_DEV_DESTINATION_KEY')) as ServiceKey;
  const destination = await clientToken(fetch, destinationKey);
  const destinations = `${destinationKey.uri}/destination-configuration/v1/subaccountDestinations`;
  const transportKey = JSON.parse(read('ACME_TMS_SERVICE_KEY')) as { uaa: ServiceKey; uri: string };
  const { authorization = '' } = await clientToken(fetch, transportKey.uaa);
  const files = new Map<string, number>();
  return [
    {
      service: 'IAS',
      write: (name) => post(SCIM, ias, { userName: name, emails: [{ value: `${name}@sap-test.de`, primary: true }] }),
      async holds(name) {
        const filter = encodeURIComponent(`userName eq "${name}"`);
        const found = await (await fetch(`${SCIM}?filter=${filter}`, { headers: ias })).json();
        return (found as { totalResults: number }).totalResults === 1;
      },
    },
    {
      service: 'Cloud Foundry',
      write: (name) => post(`${API}/v3/spaces`, cf, { name, relationships: { organization } }),
      async holds(name) {
        const found = await (await fetch(`${API}/v3/spaces?names=${name}`, { headers: cf })).json();
        return (found as { resources: unknown[] }).resources.length === 1;
      },
    },
    {
      service: 'Destination service',
      write: (name) =>
        post(destinations, destination, {
          Name: name,
          Type: 'HTTP',
          URL: 'https://a.example',
          ProxyType: 'Internet',
          Authentication: 'NoAuthentication',
        }),
      holds: async (name) => (await fetch(`${destinations}/${name}`, { headers: destination })).status === 200,
    },
    {
      service: 'Cloud Transport Management',
      async write(name) {
        const form = new FormData();
        form.set('file', new Blob([name]), `${name}.mtar`);
        const url = `${transportKey.uri}/v2/files/upload`;
        const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: form });
        const { fileId } = (await answer.clone().json()) as { fileId: number };
        files.set(name, fileId);
        return answer;
      },
      holds: async (name) => {
        const url = `${transportKey.uri}/v2/files/${files.get(name)}`;
        return (await fetch(url, { method: 'DELETE', headers: { authorization } })).status === 204;
      },
    },
  ];
}

/** A landscape in a process of its own. */
async function up(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['bin/locum.js', 'up', '--directory', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('kill -9 of a landscape under load loses no acknowledged write of any service', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-landscape-kill-'));
  try {
    const acknowledged: { readonly writer: number; readonly name: string }[] = [];
    let writers: readonly Writer[] = [];
    // Through whatever landscape there is now: the writers keep their tokens and what they know.
    let through: Fetch = () => Promise.reject(new Error('no landscape'));
    for (let round = 1; round <= ROUNDS; round++) {
      const child = await up(folder);
      const ended = once(child, 'exit');
      const found = await findLandscape(folder);
      if (!found) throw new Error('the landscape is not found');
      await using landscape = found;
      through = landscape.fetch;
      if (round === 1) writers = await writersOf((input, init) => through(input, init), await landscape.environment());
      const enough = round * WRITES;
      await Promise.all(
        [...writers.keys(), ...writers.keys()].map(async (writer, lane) => {
          for (let count = 0; ; count++) {
            const name = `kill-${round}-${lane}-${count}`;
            const answer = await writers[writer]?.write(name).catch(() => undefined);
            if (!answer) return;
            expect([name, answer.status]).toEqual([name, 201]);
            acknowledged.push({ writer, name });
            if (acknowledged.length >= enough) child.kill('SIGKILL');
          }
        }),
      );
      await ended;
    }
    await using landscape = await createLandscape({ directory: folder });
    through = landscape.fetch;
    const lost: string[] = [];
    for (const { writer, name } of acknowledged) {
      if (!(await writers[writer]?.holds(name))) lost.push(`${writers[writer]?.service}: ${name}`);
    }
    expect(lost).toEqual([]);
    expect(new Set(acknowledged.map(({ writer }) => writer)).size).toBe(writers.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});

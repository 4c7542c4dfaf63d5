import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulators } from '../../../src/emulation/compose.ts';
import { LOGIN, ORIGIN, startTestLandscape, UAA } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { adminClient } from '../../../src/systems/cf/emulator/testing/uaa.ts';
import type { Call, World } from '../scenarios/step.ts';
import { neighbourNames } from './neighbours.ts';

/** Everything that scenarios make begins so. */
const OWN = 'locum';

/**
 * The open-source UAA at an address of this machine, called as if it had a landscape's hosts. Its `uaa.yml` must name these as issuer and
 * login URL, `sap.ids` as default identity provider, and have the client `admin`.
 * @param secret of the client `admin`
 */
export async function realUaa(address: URL, secret: string): Promise<World> {
  const emulators = await startTestLandscape();
  // Its clock stands still otherwise, and assertions would be old.
  emulators.advance(Date.now() - emulators.now());
  const names = await neighbourNames(emulators);
  names.set('admin-secret', secret);
  names.set('root-password', 'Root-of-a-throw-away-UAA-1');
  const identity = await serveIdentityProviders(emulators);
  const send = (call: Call) => rerouted(address, call);
  await prepare(send, emulators, names, identity.url);
  return {
    names,
    send,
    wait: (seconds) => sleep(seconds * 1000),
    [Symbol.asyncDispose]: () => identity.close(),
  };
}

/** Sends to the address what is meant for a host of the landscape. */
function rerouted(address: URL, call: Call): Promise<Response> {
  const host = new URL(call.host === 'login' ? LOGIN : UAA).host;
  const body = call.body === undefined ? undefined : Buffer.from(call.body);
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname: address.hostname,
        port: address.port,
        method: call.method,
        path: call.path,
        headers: { ...call.headers, ...length, host, 'x-forwarded-proto': 'https' },
      },
      async (answer) => {
        const headers = new Headers();
        for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
          for (const value of values) headers.append(name, value);
        }
        const text = Buffer.concat(await answer.toArray());
        const status = answer.statusCode ?? 0;
        resolve(new Response([204, 304].includes(status) ? null : text, { status, headers }));
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** The identity providers of the test landscape over HTTP: the first part of the path is the host. */
async function serveIdentityProviders(emulators: Emulators) {
  const server = createServer(async (incoming, outgoing) => {
    emulators.advance(Math.max(0, Date.now() - emulators.now()));
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers.set(name, String(value));
    const method = incoming.method ?? 'GET';
    const body = Buffer.concat(await incoming.toArray());
    const answer = await emulators.fetch(`https:/${incoming.url}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body }),
    });
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Brings the UAA to what the emulated one begins with: two identity providers and an administrator; leftovers go. */
async function prepare(
  send: (call: Call) => Promise<Response>,
  emulators: Emulators,
  names: ReadonlyMap<string, string>,
  identity: string,
): Promise<void> {
  const basic = Buffer.from(`${adminClient.id}:${names.get('admin-secret')}`).toString('base64');
  const granted = await send({
    host: 'uaa',
    method: 'POST',
    path: '/oauth/token',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  if (granted.status !== 200) throw new Error(`no token for admin: ${granted.status} ${await granted.text()}`);
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const api = async (method: string, path: string, json?: unknown) => {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
      'if-match': '*',
    };
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const answer = await send({ host: 'uaa', method, path, headers, ...body });
    const text = await answer.text();
    if (answer.status >= 400 && answer.status !== 409) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as { resources?: Record<string, string>[]; id?: string };
  };

  const shadows = encodeURIComponent(`userName sw "${OWN}" or origin eq "${ORIGIN}" or userName eq "root"`);
  for (const { id } of (await api('GET', `/Users?filter=${shadows}`)).resources ?? [])
    await api('DELETE', `/Users/${id}`);
  const groups = encodeURIComponent(`displayName sw "${OWN}"`);
  for (const { id } of (await api('GET', `/Groups?filter=${groups}`)).resources ?? [])
    await api('DELETE', `/Groups/${id}`);
  for (const { client_id: id = '' } of (await api('GET', '/oauth/clients')).resources ?? []) {
    if (id.startsWith(OWN)) await api('DELETE', `/oauth/clients/${id}`);
  }
  for (const { id, originKey = '' } of (await api('GET', '/identity-providers')) as unknown as Record<
    string,
    string
  >[]) {
    if (['sap.ids', ORIGIN].includes(originKey)) await api('DELETE', `/identity-providers/${id}`);
  }

  const trusts = emulators.world.use('trust').platformIdentityProviders();
  const sapId = emulators.world.use('identity').registerApplication('accounts.sap.com', { name: '' });
  const providers = [
    { originKey: 'sap.ids', host: 'accounts.sap.com', id: sapId.clientId, secret: sapId.clientSecret },
    ...trusts.map((trust) => ({
      originKey: trust.originKey,
      host: trust.host,
      id: trust.relyingPartyId,
      secret: trust.relyingPartySecret,
    })),
  ];
  for (const { originKey, host, id, secret } of providers) {
    await api('POST', '/identity-providers?rawConfig=true', {
      type: 'oidc1.0',
      originKey,
      name: originKey,
      active: true,
      config: {
        issuer: `https://${host}`,
        authUrl: `https://${host}/oauth2/authorize`,
        tokenUrl: `${identity}/${host}/oauth2/token`,
        tokenKeyUrl: `${identity}/${host}/oauth2/certs`,
        relyingPartyId: id,
        relyingPartySecret: secret,
        scopes: ['openid', 'email', 'profile'],
        passwordGrantEnabled: true,
        addShadowUserOnLogin: true,
        attributeMappings: { user_name: 'email' },
        linkText: originKey,
        showLinkText: true,
      },
    });
  }
  const root = await api('POST', '/Users', {
    userName: 'root',
    password: names.get('root-password'),
    emails: [{ value: 'root' }],
    origin: 'uaa',
    verified: true,
  });
  const found = await api('GET', `/Groups?filter=${encodeURIComponent('displayName eq "cloud_controller.admin"')}`);
  await api('POST', `/Groups/${found.resources?.[0]?.id}/members`, { value: root.id, type: 'USER', origin: 'uaa' });
}

import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  aSetup,
  type NamespaceSetup,
  type Policy,
  type TokenSetup,
} from '../../../src/systems/protocols/openbao/testing/setup.ts';
import { type RealBao, startBao } from '../../fixtures/openbao.ts';
import type { Call, World } from '../scenarios/step.ts';

/** A server of its own for each world, with what the double begins with. */
export async function realBao(program: string): Promise<World> {
  const { setup, names } = await aSetup(Date.now());
  const { maxRequestBytes } = setup;
  await using starting = new AsyncDisposableStack();
  const bao = starting.use(await startBao(program, maxRequestBytes === undefined ? {} : { maxRequestBytes }));
  for (const [name, namespace] of Object.entries(setup.namespaces)) await prepare(bao, name, namespace);
  const started = starting.move();
  return {
    names: new Map([...names, ['root', bao.root], ['unseal-key', bao.unsealKey]]),
    send: (call) => sent(new URL(bao.url), call),
    wait: (seconds) => sleep(seconds * 1000),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** As it stands in the path: an address would be tidied by fetch. */
function sent(address: URL, call: Call): Promise<Response> {
  const body = call.body === undefined ? undefined : Buffer.from(call.body);
  return new Promise((resolve, reject) => {
    const { hostname, port } = address;
    const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
    const options = { hostname, port, method: call.method, path: call.path, headers: { ...call.headers, ...length } };
    const outgoing = request(options, async (answer) => {
      const text = Buffer.concat(await answer.toArray());
      const status = answer.statusCode ?? 0;
      const headers = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      resolve(new Response([204, 304].includes(status) ? null : text, { status, headers }));
    });
    outgoing.on('error', reject).end(body);
  });
}

async function prepare(bao: RealBao, namespace: string, setup: NamespaceSetup): Promise<void> {
  const administer = (path: string, body: unknown) => bao.administer('POST', path, body, namespace);
  if (namespace !== '') await bao.administer('POST', `sys/namespaces/${namespace}`, {});
  for (const [mount, { version, casRequired, maxVersions }] of Object.entries(setup.engines)) {
    await bao.mountKv(mount, version, namespace);
    if (version === 2) {
      await administer(`${mount}/config`, { cas_required: casRequired ?? false, max_versions: maxVersions ?? 0 });
    }
  }
  for (const [name, policy] of Object.entries(setup.policies ?? {})) {
    await administer(`sys/policies/acl/${name}`, { policy: JSON.stringify(rulesOf(policy)) });
  }
  await administer('sys/auth/approle', { type: 'approle' });
  for (const [name, { roleId, secretIds, ...token }] of Object.entries(setup.appRoles ?? {})) {
    await administer(`auth/approle/role/${name}`, tokenOf(token));
    await administer(`auth/approle/role/${name}/role-id`, { role_id: roleId });
    for (const [secretId, { uses = 0, ttl = 0, cidrs = [] }] of Object.entries(secretIds)) {
      const limits = { num_uses: uses, ttl, cidr_list: cidrs };
      await administer(`auth/approle/role/${name}/custom-secret-id`, { secret_id: secretId, ...limits });
    }
  }
  if (!setup.jwt) return;
  const { publicKey, issuer, roles } = setup.jwt;
  await administer('sys/auth/jwt', { type: 'jwt' });
  await administer('auth/jwt/config', { jwt_validation_pubkeys: [publicKey], bound_issuer: issuer });
  for (const [name, { audience, subject, ...token }] of Object.entries(roles)) {
    const bound = { role_type: 'jwt', user_claim: 'sub', bound_audiences: [audience], bound_subject: subject };
    await administer(`auth/jwt/role/${name}`, { ...bound, ...tokenOf(token) });
  }
}

const rulesOf = (policy: Policy) => ({
  path: Object.fromEntries(Object.entries(policy).map(([path, capabilities]) => [path, { capabilities }])),
});

const tokenOf = ({ policies, ttl }: TokenSetup) => ({ token_policies: policies, token_ttl: ttl });

import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import type { Context, Tls } from '../kernel/context.ts';

/**
 * The real world: system clock, random numbers, and a `fetch` that honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 * Additional CAs come by NODE_EXTRA_CA_CERTS, which Node reads itself.
 */
export function createNodeContext(): Context & AsyncDisposable {
  const dispatcher = new EnvHttpProxyAgent();
  const agents = new Map<Tls, EnvHttpProxyAgent>();
  const agentFor = (tls: Tls): EnvHttpProxyAgent => {
    const known = agents.get(tls);
    if (known) return known;
    const options = {
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    };
    const fresh = new EnvHttpProxyAgent({ connect: options, requestTls: options });
    agents.set(tls, fresh);
    return fresh;
  };
  return {
    // undici's own fetch: the one built into Node does not accept a dispatcher of another undici version.
    fetch: (input, { tls, ...init } = {}) =>
      undiciFetch(input as Parameters<typeof undiciFetch>[0], {
        ...(init as Parameters<typeof undiciFetch>[1]),
        dispatcher: tls ? agentFor(tls) : dispatcher,
      }) as unknown as Promise<Response>,
    now: () => Date.now(),
    id: () => randomUUID(),
    random: (bytes) => randomBytes(bytes),
    sleep: (ms) => delay(ms),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([dispatcher, ...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

import { createMemo } from '../../../kernel/context.ts';
import { createLoginGuard } from '../../../kernel/doctor/logins.ts';
import type { IdentityProvider, Manifest, TechnicalUser } from '../../../kernel/manifest/types.ts';
import type { Vault } from '../../../kernel/ports.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { context as kernelContext } from '../../../kernel/testing.ts';

type Impure = Pick<SystemContext, 'fetch' | 'now' | 'id' | 'sleep' | 'random'>;

export const PROVIDER: IdentityProvider = {
  name: 'acme-platform',
  host: 'acme-platform.accounts.ondemand.com',
  originKey: 'acme-platform',
  trust: 'expect',
};

/** A manifest of technical users on the global account `acme`. */
export function manifestOf(users: readonly TechnicalUser[], provider: IdentityProvider = PROVIDER): Manifest {
  return {
    name: 'test',
    globalAccount: 'acme',
    identityProviders: [provider],
    connections: { btp: { user: 'platform-admin@acme.example', password: 'env:ADMIN_PASSWORD' } },
    technicalUsers: users,
    credentials: [],
    folder: '.',
    locate: () => ({ file: 'locum.yaml', line: 1, column: 1 }),
  };
}

export function technicalUser(more: Partial<TechnicalUser> = {}): TechnicalUser {
  return {
    name: 'robot',
    kind: 'ias-user',
    identityProvider: PROVIDER.name,
    email: 'robot@sap-test.de',
    owner: 'team@acme.example',
    purpose: 'tests',
    grants: [],
    ...more,
  };
}

/** A slice's context on any `fetch`; `secrets` are by environment variable, `passwords` by name in the vault. */
export function sliceContext(
  impure: Impure,
  manifest: Manifest,
  secrets: Readonly<Record<string, string | undefined>>,
  passwords: Readonly<Record<string, string | undefined>> = {},
): SystemContext {
  const base = kernelContext();
  const vault: Vault = {
    ...base.vault,
    async open(name) {
      const text = passwords[name];
      const version = { name, version: 1, state: 'current', createdAt: 0, states: [] } as const;
      return text === undefined ? undefined : { version, secret: new Secret(text) };
    },
  };
  return {
    ...base,
    ...impure,
    manifest,
    vault,
    memo: createMemo(),
    logins: createLoginGuard(),
    secret: async (ref) => {
      const text = secrets[ref.replace(/^env:/, '')];
      if (text === undefined) throw new Error(`no secret ${ref}`);
      return new Secret(text);
    },
  };
}

/** Keeps what went over the wire, e.g. `POST /command/v2.106.1/security/trust?list`. */
export function recorded<C extends Impure>(impure: C): C & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    ...impure,
    calls,
    fetch: (input, init) => {
      const request = new Request(input, init);
      const { pathname, search, host } = new URL(request.url);
      if (host === 'cli.btp.cloud.sap') calls.push(`${pathname}${search}`);
      return impure.fetch(request);
    },
  };
}

import { loadManifest } from '../../../kernel/manifest/load.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { context } from '../../../kernel/testing.ts';
import { createMemoryVault } from '../../../kernel/vault/memory.ts';
import { section } from '../section.ts';
import type { Double } from './double.ts';

export const AT = Date.UTC(2026, 10, 21);

/** What a command has that works on a double; the manifest is `acme` with the technical user `robot`. */
export async function contextOn(
  { fetch, connections, secrets, target }: Omit<Double, 'stored' | 'writes'>,
  more: Partial<SystemContext> = {},
  user: Readonly<Record<string, unknown>> = {},
): Promise<SystemContext> {
  const manifest = await loadManifest(
    '/acme/locum.yaml',
    async () =>
      JSON.stringify({
        locum: 1,
        name: 'acme',
        globalAccount: 'acme',
        connections,
        identityProviders: [{ name: 'acme-platform', host: 'acme.accounts.ondemand.com', originKey: 'acme-platform' }],
        technicalUsers: [{ name: 'robot', owner: 'team', purpose: 'tests', deliverTo: [target], ...user }],
      }),
    [section],
  );
  return {
    ...context(),
    now: () => AT,
    fetch,
    manifest,
    vault: createMemoryVault(),
    secret: async (ref) => {
      const text = secrets[ref.replace(/^env:/, '')];
      if (text === undefined) throw new Error(`no secret ${ref}`);
      return new Secret(text);
    },
    ...more,
  };
}

import type { Context } from '../../kernel/context.ts';
import type { Payloads } from '../../kernel/ports.ts';
import type { Io } from '../io.ts';

/**
 * Where the vault keeps sealed texts when LOCUM_VAULT_URL names a server of OpenBao or HashiCorp Vault; undefined: in
 * the store.
 */
export async function externalPayloads(
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
  ctx: Context,
): Promise<Payloads | undefined> {
  if (!env.LOCUM_VAULT_URL) return undefined;
  const [{ payloadOptionsOf }, { createPayloads }, { resolveSecret }, { createMemoryVault }] = await Promise.all([
    import('../../systems/protocols/openbao/payload-settings.ts'),
    import('../../systems/protocols/openbao/payloads.ts'),
    import('../../engine/secrets.ts'),
    import('../../kernel/vault/memory.ts'),
  ]);
  const options = payloadOptionsOf(env);
  // What opens the vault can not lie in it: the settings refer to variables and files alone.
  const sources = { env: (name: string) => env[name], vault: createMemoryVault(), folder: cwd };
  return options && createPayloads(options, { ...ctx, secret: (ref) => resolveSecret(ref, sources) });
}

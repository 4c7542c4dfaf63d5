import { address } from '../../kernel/address.ts';
import type { Expiry } from '../../kernel/due/due.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { loginEndOf } from './places/openbao.ts';

/** When that ends with which Locum logs on to OpenBao or HashiCorp Vault: tokens and secret IDs. */
export async function expiries(ctx: SystemContext): Promise<readonly Expiry[]> {
  const names = Object.keys(ctx.manifest.connections.openbao ?? {});
  const found = await Promise.all(
    names.map(async (connection): Promise<readonly Expiry[]> => {
      const login = await loginEndOf(connection, ctx);
      if (!login) return [];
      const { title, end, remedy } = login;
      return [
        {
          user: ctx.manifest.name,
          subject: address('consumers', 'openbao-login', connection),
          title: `${title} of connections.openbao.${connection}`,
          end,
          codes: {
            ended: 'CONSUMER_LOGIN_ENDED',
            soon: 'CONSUMER_LOGIN_ENDS_SOON',
            unknown: 'CONSUMER_LOGIN_UNKNOWN',
          },
          remedy,
        },
      ];
    }),
  );
  return found.flat();
}

import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import type { Expiry } from '../../kernel/due/due.ts';
import { isNews } from '../../kernel/errors.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { tokenLookup } from './places/openbao.ts';

/** What we read of `GET /v1/auth/token/lookup-self` (openbao.org/api-docs/auth/token); null: it never ends. */
const lookup = z.looseObject({ data: z.looseObject({ expire_time: z.string().nullable() }) });

/** When tokens end with which Locum logs on to OpenBao or HashiCorp Vault: each has a lease. */
export async function expiries(ctx: SystemContext): Promise<readonly Expiry[]> {
  const connections = (ctx.manifest.connections.openbao ?? {}) as Readonly<Record<string, { readonly token?: string }>>;
  const names = Object.keys(connections).filter((name) => connections[name]?.token !== undefined);
  return Promise.all(
    names.map(async (connection): Promise<Expiry> => {
      const entry = {
        user: ctx.manifest.name,
        subject: address('consumers', 'openbao-token', connection),
        title: `token of connections.openbao.${connection}`,
        codes: {
          ended: 'CONSUMER_TOKEN_ENDED',
          soon: 'CONSUMER_TOKEN_ENDS_SOON',
          unknown: 'CONSUMER_TOKEN_UNKNOWN',
        },
        remedy: 'give the connection a new token, or let it log on by appRole or jwt',
      };
      try {
        const answer = lookup.parse(await (await tokenLookup(connection, ctx)).json());
        const at = Date.parse(answer.data.expire_time ?? '');
        return {
          ...entry,
          end: Number.isNaN(at) ? { kind: 'never' } : { kind: 'at', at, because: 'its lease ends then' },
        };
      } catch (error) {
        if (!isNews(error) && !(error instanceof z.ZodError)) throw error;
        const because = isNews(error) ? error.message : 'the server tells nothing of it';
        return { ...entry, end: { kind: 'unknown', because } };
      }
    }),
  );
}

import { z } from 'zod';
import { createBudget } from '../../kernel/budget.ts';
import { ConfigError, isNews, RemoteError } from '../../kernel/errors.ts';
import type { Unread } from '../../kernel/identity.ts';
import type { SecretRef } from '../../kernel/manifest/types.ts';
import { unreadOf } from '../../kernel/observe/discover.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createHttp } from '../protocols/http/client.ts';
import { clientCredentialsGrant } from '../protocols/oauth/client.ts';
import { transportKeysOf } from './section.ts';

/** Names of transport nodes by subaccount and destination. */
export interface TransportNodes {
  /** ` for transport nodes DEV, TEST`, or nothing. CTMS looks for destinations of the subaccount only, not of instances. */
  behind(subaccount: string, destination: string): string;
  readonly unread: readonly Unread[];
}

/** Service key of Cloud Transport Management (SAP help on service keys; Piper, pkg/tms). */
const transportKey = z.looseObject({
  uri: z.url(),
  uaa: z.looseObject({ clientid: z.string(), clientsecret: z.string(), url: z.url() }),
});
/** `GET /v2/nodes` is in no published description; Piper reads these (destination-ctms-deploy). */
const answer = z.looseObject({
  nodes: z.array(
    z.looseObject({
      name: z.string(),
      targets: z.array(z.looseObject({ destinationName: z.string().nullish() })).nullish(),
    }),
  ),
});

/** The transport nodes of every subaccount that `connections.ctms` names, with the destinations that they deploy through. */
export async function transportNodes(ctx: SystemContext): Promise<TransportNodes> {
  const names = new Map<string, string[]>();
  const unread: Unread[] = [];
  await Promise.all(
    [...transportKeysOf(ctx.manifest)].map(async ([subaccount, ref]) => {
      try {
        for (const { name, targets } of await readNodes(subaccount, ref, ctx)) {
          for (const { destinationName } of targets ?? []) {
            if (destinationName == null) continue;
            const key = `${subaccount}/${destinationName}`;
            names.set(key, [...(names.get(key) ?? []), name]);
          }
        }
      } catch (error) {
        if (!isNews(error)) throw error;
        unread.push(unreadOf(`transport nodes of subaccount ${subaccount}`, error));
      }
    }),
  );
  return {
    unread,
    behind(subaccount, destination) {
      const found = [...new Set(names.get(`${subaccount}/${destination}`))].sort();
      if (found.length === 0) return '';
      return ` for transport node${found.length > 1 ? 's' : ''} ${found.join(', ')}`;
    },
  };
}

async function readNodes(subaccount: string, ref: SecretRef, ctx: SystemContext) {
  const { uri, uaa } = readKey(await ctx.secret(ref), subaccount);
  const budget = createBudget({ concurrency: 1 }, ctx);
  const http = createHttp({ system: 'ctms', ctx, budget });
  const token = await clientCredentialsGrant(http, ctx.now, {
    tokenUrl: `${uaa.url.replace(/\/+$/, '')}/oauth/token`,
    clientId: uaa.clientid,
    clientSecret: new Secret(uaa.clientsecret),
  });
  const operation = 'list transport nodes';
  const response = await http({
    operation,
    url: `${uri.replace(/\/+$/, '')}/v2/nodes`,
    headers: { accept: 'application/json', authorization: `Bearer ${token.value.reveal()}` },
  });
  const parsed = answer.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new RemoteError('ERR_REMOTE_BROKEN', { system: 'ctms', operation, status: 200 });
  return parsed.data.nodes;
}

/** Nothing of the text may reach a log: neither it nor a parser's message. */
function readKey(text: Secret, subaccount: string): z.infer<typeof transportKey> {
  try {
    return transportKey.parse(JSON.parse(text.reveal()));
  } catch {
    throw new ConfigError(
      'ERR_CONFIG_SECRET',
      `connections.ctms.${subaccount} is no service key of Cloud Transport Management with a client secret`,
      { remedy: 'give the JSON text of a service key: it has uri, uaa.clientid, uaa.clientsecret and uaa.url' },
    );
  }
}

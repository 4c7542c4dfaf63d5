import { createBudget } from '../../kernel/budget.ts';
import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createHttp } from '../protocols/http/client.ts';
import { clientCredentialsGrant } from '../protocols/oauth/client.ts';
import { readServiceClient } from '../protocols/oauth/service-credential.ts';
import { type AuditedAction, actionOf } from './entries.ts';
import { auditPage, PAGING_HEADER } from './wire.ts';

/** Pages of 500: a tenant with more entries in a day tells its newest. */
const MOST_PAGES = 20;

/** 4 calls a second in some regions (btp:30ece35); one at a time stays below. */
const BUDGET = { concurrency: 1, calls: 120 };

/** What IAS wrote to the audit log that a service key reads, since a time. */
export async function actionsSince(
  key: Secret,
  provider: string,
  since: number,
  ctx: SystemContext,
): Promise<readonly AuditedAction[]> {
  const { client, url } = readServiceClient(key) ?? {};
  if (!client?.tokenUrl || url === undefined) {
    throw new ConfigError(
      'ERR_CONFIG_CONNECTION',
      `connections.audit.${provider} is no service key of auditlog-management`,
      {
        remedy: 'create one: plan default, in the subaccount to which the audit log of the tenant goes',
      },
    );
  }
  const { tls, tokenUrl, ...login } = client;
  const budget = createBudget(BUDGET, ctx);
  const token = await clientCredentialsGrant(
    createHttp({ system: 'audit', ctx, budget, ...(tls ? { tls } : {}) }),
    ctx.now,
    { tokenUrl, ...login },
  );
  const http = createHttp({ system: 'audit', ctx, budget });
  const first = new URL('/auditlog/v2/auditlogrecords', url);
  first.searchParams.set('time_from', new Date(since).toISOString().slice(0, 19));
  const found: AuditedAction[] = [];
  let next: URL | undefined = first;
  for (let page = 0; next && page < MOST_PAGES; page++) {
    const response = await http({
      operation: 'read audit log',
      url: next,
      headers: { authorization: `Bearer ${token.value.reveal()}`, accept: 'application/json' },
      expect: [200, 204],
    });
    // Nothing found is no body (btp:30ece35).
    if (response.status === 204) break;
    const read = auditPage.safeParse(await response.json().catch(() => undefined));
    if (!read.success) throw unreadable();
    found.push(...read.data.flatMap((entry) => actionOf(entry) ?? []));
    const [, handle] = /handle=(.+)$/.exec(response.headers.get(PAGING_HEADER) ?? '') ?? [];
    next = handle === undefined ? undefined : new URL(`?${new URLSearchParams({ handle })}`, first);
  }
  return found;
}

function unreadable(): RemoteError {
  const remedy = 'check the service key of connections.audit: the answer is not that of an audit log';
  return new RemoteError('ERR_REMOTE_BROKEN', { system: 'audit', operation: 'read audit log', status: 200, remedy });
}

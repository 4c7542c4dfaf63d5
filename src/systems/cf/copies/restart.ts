import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import type { ConsumerProof } from '../../../kernel/rotate/consumer.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { parsed } from '../../protocols/cf-v3/client.ts';
import type { CloudController } from '../client.ts';
import { jsonOf } from './space-place.ts';

/** What happens to an app after something that it reads at its start was changed. */
export type After = 'restart' | 'rolling' | 'restage' | 'none';

type Send = CloudController['send'];

export const app = z.looseObject({ guid: z.string(), name: z.string(), state: z.enum(['STARTED', 'STOPPED']) });
export type App = z.infer<typeof app>;

/** Nobody tells when somebody else restarts an app (assumed): after so long logins that still fail are told as his. */
const UNTIL_SOMEBODY_RESTARTS_MS = 3_600_000;
/** After `restart` the old instances are gone when the call returns; a rolling deployment is waited for. */
export const staleMs = (after: After): number => (after === 'none' ? UNTIL_SOMEBODY_RESTARTS_MS : 0);

/** Restarts an app as `cf restart`, `cf restart --strategy rolling` or `cf restage` does. One that is stopped stays so. */
export async function restart(one: App, after: After, api: string, send: Send, ctx: SystemContext): Promise<void> {
  if (one.state === 'STOPPED' || after === 'none') return;
  if (after === 'restage') await stage(one, api, send, ctx);
  if (after === 'rolling') return roll(one, api, send, ctx);
  await send({
    operation: `restart app ${one.name}`,
    url: `${api}/v3/apps/${one.guid}/actions/restart`,
    method: 'POST',
  });
}

const deployment = z.looseObject({
  guid: z.string(),
  status: z.looseObject({ value: z.string(), reason: z.string() }),
});

async function roll(one: App, api: string, send: Send, ctx: SystemContext): Promise<void> {
  const operation = `restart app ${one.name} instance by instance`;
  const body = { strategy: 'rolling', relationships: { app: { data: { guid: one.guid } } } };
  const made = await send({ operation, url: `${api}/v3/deployments`, ...jsonOf('POST', body), expect: [201] });
  const { guid } = parsed(deployment, await made.json(), operation);
  const { status } = await poll(operation, `${api}/v3/deployments/${guid}`, deployment, send, ctx, ({ status: now }) =>
    now.value === 'FINALIZED' ? 'ended' : 'going on',
  );
  if (status.reason !== 'DEPLOYED') {
    throw new RemoteError('ERR_REMOTE_REFUSED', { system: 'cf', operation, serviceCode: status.reason });
  }
}

const packages = z.looseObject({ resources: z.array(z.looseObject({ guid: z.string() })) });
const build = z.looseObject({
  guid: z.string(),
  state: z.enum(['STAGING', 'STAGED', 'FAILED']),
  droplet: z.looseObject({ guid: z.string() }).nullable(),
});

/** The newest package is staged, and its droplet becomes the app's. */
async function stage(one: App, api: string, send: Send, ctx: SystemContext): Promise<void> {
  const operation = `restage app ${one.name}`;
  const url = new URL('/v3/packages', api);
  const query = { app_guids: one.guid, states: 'READY', order_by: '-created_at', per_page: '1' };
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  const [newest] = parsed(packages, await (await send({ operation, url })).json(), operation).resources;
  if (!newest) {
    throw new RemoteError('ERR_REMOTE_NOT_FOUND', {
      system: 'cf',
      operation,
      status: 404,
      remedy: 'the app has no package to stage: say `after: restart`, or push it',
    });
  }
  const body = { package: { guid: newest.guid } };
  const made = await send({ operation, url: `${api}/v3/builds`, ...jsonOf('POST', body), expect: [201] });
  const { guid } = parsed(build, await made.json(), operation);
  const staged = await poll(operation, `${api}/v3/builds/${guid}`, build, send, ctx, ({ state }) =>
    state === 'STAGING' ? 'going on' : 'ended',
  );
  if (!staged.droplet) throw new RemoteError('ERR_REMOTE_REFUSED', { system: 'cf', operation, serviceCode: 'FAILED' });
  const current = `${api}/v3/apps/${one.guid}/relationships/current_droplet`;
  await send({ operation, url: current, ...jsonOf('PATCH', { data: { guid: staged.droplet.guid } }) });
}

/** cf waits 15 minutes for a staging and as long for a deployment. */
const POLLS = 300;
const POLL_MS = 3000;

async function poll<T extends z.ZodType>(
  operation: string,
  url: string,
  schema: T,
  send: Send,
  ctx: SystemContext,
  judge: (answer: z.infer<T>) => 'ended' | 'going on',
): Promise<z.infer<T>> {
  for (let round = 0; round < POLLS; round++) {
    const answer = parsed(schema, await (await send({ operation, url })).json(), operation);
    if (judge(answer) === 'ended') return answer;
    await ctx.sleep(POLL_MS);
  }
  throw new RemoteError('ERR_REMOTE_OUTCOME_UNKNOWN', { system: 'cf', operation, outcome: 'unknown', retryable: true });
}

const stats = z.looseObject({ resources: z.array(z.looseObject({ state: z.string() })) });

/** Nobody but an app uses what it holds; that it does not come up with it is seen. */
export async function proveApps(apps: readonly App[], after: After, api: string, send: Send): Promise<ConsumerProof> {
  for (const { guid, name } of apps.filter(({ state }) => state === 'STARTED')) {
    const operation = `look at app ${name}`;
    const answer = await send({ operation, url: `${api}/v3/apps/${guid}/processes/web/stats`, expect: [200, 404] });
    if (answer.status === 404) continue;
    const { resources } = parsed(stats, await answer.json(), operation);
    if (resources.some(({ state }) => state === 'CRASHED')) {
      const because = `instances of app ${name} have crashed`;
      return { status: 'failed', because, remedy: `cf logs ${name} --recent`, code: 'CF_APP_CRASHED' };
    }
  }
  const names = apps.map(({ name }) => name).join(', ');
  if (names === '') return { status: 'unproven', because: 'no app is bound to it' };
  const who = after === 'none' ? `${names} reads it at the next restart, which is not ours` : `${names} was restarted`;
  return { status: 'unproven', because: `only the app itself logs in with it: ${who}` };
}

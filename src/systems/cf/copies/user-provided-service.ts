import pLimit, { type LimitFunction } from 'p-limit';
import { z } from 'zod';
import type { JsonObject } from '../../../kernel/json.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { list, parsed } from '../../protocols/cf-v3/client.ts';
import type { Copy, CopyPlace, Held } from '../../protocols/copies/place.ts';
import type { CloudController } from '../client.ts';
import { type App, app, proveApps, restart, staleMs } from './restart.ts';
import { annotations, callsAt, dueMark, isDue, jsonOf, type Named, named } from './space-place.ts';
import type { ServiceTarget } from './targets.ts';

type Send = CloudController['send'];
const credentials = z.record(z.string(), z.unknown());
export type Credentials = z.infer<typeof credentials>;

/** Credentials of a user-provided service instance; apps that are bound to it read them in `VCAP_SERVICES` at their start. */
export const userProvidedService: CopyPlace<ServiceTarget> = {
  kind: 'user-provided-service',
  title: ({ org, space, instance }) => `user-provided service ${instance} in ${org}/${space}`,
  segments: ({ org, space, instance, passwordKey }) => [org, space, instance, passwordKey],
  staleMs: ({ after }) => staleMs(after),

  async look(target, _expected, ctx): Promise<Held> {
    const send = await callsAt(target, target.space, ctx);
    const instance = await instanceOf(target, send);
    if (!instance) return { is: 'absent' };
    const kept = await credentialsOf(target.api, instance.guid, send);
    const { [target.userKey]: login, [target.passwordKey]: password } = kept;
    if (typeof password !== 'string') return { is: 'absent' };
    return {
      is: 'readable',
      secret: new Secret(password),
      login: typeof login === 'string' ? login : '',
      inEffect: !isDue(instance, dueMark(target.passwordKey)),
    };
  },

  write: async (target, copy, ctx) => (await turnOf(target, ctx))(() => write(target, copy, ctx)),

  remove: async (target, _copy, ctx) => (await turnOf(target, ctx))(() => remove(target, ctx)),

  async prove(target, ctx) {
    const send = await callsAt(target, target.space, ctx);
    const instance = await instanceOf(target, send);
    const apps = instance ? await boundApps(target.api, instance.guid, send) : [];
    return proveApps(apps, target.after, target.api, send);
  },
};

/** Credentials are replaced as a whole: whoever writes another key of them meanwhile would lose it. */
function turnOf({ api, spaceGuid, instance }: ServiceTarget, ctx: SystemContext): Promise<LimitFunction> {
  return ctx.memo(`cf/user-provided:${api}:${spaceGuid}:${instance}`, async () => pLimit(1));
}

/** The instance stays, also an empty one: apps that are bound to it would not start without. They go on with what they have read. */
async function remove(target: ServiceTarget, ctx: SystemContext): Promise<JsonObject> {
  const { api, instance, userKey, passwordKey } = target;
  const send = await callsAt(target, target.space, ctx);
  const found = await instanceOf(target, send);
  if (!found) return { instance };
  const { [userKey]: _login, [passwordKey]: _secret, ...others } = await credentialsOf(api, found.guid, send);
  await patch(api, found.guid, { credentials: others, ...annotations(dueMark(passwordKey), null) }, send);
  return { instance };
}

async function write(target: ServiceTarget, copy: Copy, ctx: SystemContext): Promise<JsonObject> {
  const { api, after, instance, passwordKey } = target;
  const send = await callsAt(target, target.space, ctx);
  const found = await instanceOf(target, send);
  if (!found) {
    await create(target, copy, send);
    return { instance, after, apps: [] };
  }
  const changed = await update(found, target, copy, send);
  const due = after !== 'none' && (changed || isDue(found, dueMark(passwordKey)));
  const apps = due ? await boundApps(api, found.guid, send) : [];
  for (const one of apps) await restart(one, after, api, send, ctx);
  if (due) await patch(api, found.guid, annotations(dueMark(passwordKey), null), send);
  return { instance, after, apps: apps.map(({ name }) => name) };
}

/** Credentials of an instance: for Space Developers. */
export async function credentialsOf(api: string, guid: string, send: Send): Promise<Credentials> {
  const operation = 'read credentials of a user-provided service';
  return parsed(
    credentials,
    await (await send({ operation, url: `${api}/v3/service_instances/${guid}/credentials` })).json(),
    operation,
  );
}

async function instanceOf({ api, spaceGuid, instance }: ServiceTarget, send: Send): Promise<Named | undefined> {
  const url = new URL('/v3/service_instances', api);
  const query = { names: instance, space_guids: spaceGuid, type: 'user-provided' };
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return (await list(send, { operation: 'find user-provided service', url }, named)).resources[0];
}

const kept = ({ userKey, passwordKey }: ServiceTarget, { login, secret }: Copy): Credentials => ({
  ...(login === undefined ? {} : { [userKey]: login }),
  [passwordKey]: secret.reveal(),
});

async function create(target: ServiceTarget, copy: Copy, send: Send): Promise<void> {
  const operation = 'create user-provided service';
  const body = {
    type: 'user-provided',
    name: target.instance,
    credentials: kept(target, copy),
    relationships: { space: { data: { guid: target.spaceGuid } } },
  };
  const url = `${target.api}/v3/service_instances`;
  await send({ operation, url, ...jsonOf('POST', body), expect: [201] });
}

/** The other keys stay; the mark that a restart is due comes with the secret, in one request. */
async function update({ guid }: Named, target: ServiceTarget, copy: Copy, send: Send): Promise<boolean> {
  const { api, passwordKey, after } = target;
  const before = await credentialsOf(api, guid, send);
  const wanted = { ...before, ...kept(target, copy) };
  if (Object.entries(wanted).every(([key, value]) => before[key] === value)) return false;
  const mark = after === 'none' ? {} : annotations(dueMark(passwordKey), String(copy.version));
  await patch(api, guid, { credentials: wanted, ...mark }, send);
  return true;
}

async function patch(api: string, guid: string, body: object, send: Send): Promise<void> {
  const operation = 'update user-provided service';
  await send({ operation, url: `${api}/v3/service_instances/${guid}`, ...jsonOf('PATCH', body) });
}

const binding = z.looseObject({
  relationships: z.looseObject({ app: z.looseObject({ data: z.looseObject({ guid: z.string() }) }) }),
});

async function boundApps(api: string, instance: string, send: Send): Promise<readonly App[]> {
  const url = new URL('/v3/service_credential_bindings', api);
  url.searchParams.set('service_instance_guids', instance);
  url.searchParams.set('type', 'app');
  const bindings = (await list(send, { operation: 'list bindings', url }, binding)).resources;
  const guids = [...new Set(bindings.map(({ relationships }) => relationships.app.data.guid))];
  if (guids.length === 0) return [];
  const apps = new URL('/v3/apps', api);
  apps.searchParams.set('guids', guids.join(','));
  return (await list(send, { operation: 'list apps', url: apps }, app)).resources;
}

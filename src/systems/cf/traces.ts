import { z } from 'zod';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { Evidence, Trace, TraceQuestion } from '../../kernel/rotate/evidence.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { landscapeName, list } from '../protocols/cf-v3/client.ts';
import { cloudController } from './client.ts';
import { connectionOf } from './connection.ts';

/** What is known of a place in a space, whichever kind it is. */
const place = z.looseObject({ api: z.string(), spaceGuid: z.string(), org: z.string() });

// CF API v3: audit events; actor and target have type and name (cloud_controller_ng, docs/v3/source/includes/resources/audit_events).
const event = z.looseObject({
  type: z.string(),
  created_at: z.string(),
  actor: z.looseObject({ name: z.string().nullish() }),
  target: z.looseObject({ type: z.string(), name: z.string().nullish() }),
  space: z.looseObject({ guid: z.string() }).nullish(),
});

/** What makes an app log in anew, or gives it other credentials. */
const TYPES = [
  'audit.app.create',
  'audit.app.update',
  'audit.app.start',
  'audit.app.restart',
  'audit.app.restage',
  'audit.app.deployment.create',
  'audit.app.droplet.mapped',
  'audit.service_binding.create',
  'audit.service_key.create',
  'audit.user_provided_service_instance.create',
  'audit.user_provided_service_instance.update',
];

/** Apps and services that somebody touched in the spaces where the credential is, since its logins fail. */
export async function traces({ consumers, since }: TraceQuestion, ctx: SystemContext): Promise<Evidence> {
  const places = consumers.flatMap(({ props }) => place.safeParse(props).data ?? []);
  const looked = await lookAt(
    [...Map.groupBy(places, ({ api }) => api)],
    ([api]) => `audit events of Cloud Foundry ${landscapeName(api)}`,
    async ([api, its]) => {
      const names = new Map(its.map(({ spaceGuid, org }) => [spaceGuid, org]));
      const url = new URL('/v3/audit_events', api);
      url.searchParams.set('types', TYPES.join(','));
      url.searchParams.set('space_guids', [...names.keys()].join(','));
      url.searchParams.set('order_by', '-created_at');
      url.searchParams.set('per_page', '100');
      const { send } = await cloudController(ctx, api);
      const { resources } = await list(send, { operation: 'read audit events', url }, event);
      return newestOf(resources, names, since, connectionOf(ctx.manifest)?.user);
    },
  );
  return { traces: looked.found, unread: looked.unread };
}

/** One trace for each target: who touched it last. What Locum itself did is none. */
function newestOf(
  events: readonly z.infer<typeof event>[],
  spaces: ReadonlyMap<string, string>,
  since: number,
  own: string | undefined,
): readonly Trace[] {
  const found = new Map<string, Trace>();
  for (const { type, created_at, actor, target, space } of events) {
    const at = Date.parse(created_at);
    if (at < since || (own !== undefined && actor.name?.toLowerCase() === own.toLowerCase())) continue;
    const who = `${target.type.replaceAll('_', ' ')} ${target.name ?? ''} in ${spaces.get(space?.guid ?? '') ?? 'a space'}`;
    const what = type.replace(/^audit\.(app|service_binding|service_key|user_provided_service_instance)\./, '');
    const because = `${what} by ${actor.name ?? 'somebody'} at ${created_at}`;
    const known = found.get(who);
    if (!known || known.at < at) found.set(who, { kind: 'touched', who, because, at });
  }
  return [...found.values()];
}

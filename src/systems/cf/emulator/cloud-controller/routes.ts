import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import { ApiError, badQuery, notFound, parseError, unprocessable } from '../../../protocols/cf-v3/emulator.ts';
import { newRole } from '../../../protocols/cf-v3/wire.ts';
import { type Landscapes, urlOf } from '../landscapes.ts';
import type { Uaa } from '../uaa/grants.ts';
import { authenticate, type Caller } from './caller.ts';
import { createLists } from './lists.ts';
import { createPresenter } from './present.ts';
import { createRateLimiter } from './rate-limit.ts';
import { createRole, deleteRole, type Parts, seesRole } from './roles.ts';
import { createSpace, deleteSpace, newSpace, spaceOf } from './spaces.ts';
import type { CfJob } from './store.ts';
import { createUser, deleteUser, newUser, userOf } from './users.ts';
import { visibilityOf } from './visibility.ts';

type Call = Context<HostEnv>;

/** A request of an authenticated caller, with what answers it. */
interface Asked {
  readonly c: Call;
  readonly caller: Caller;
  readonly query: URLSearchParams;
  readonly lists: ReturnType<typeof createLists>;
  readonly present: ReturnType<typeof createPresenter>;
}

/** Routes of the Cloud Controller of whichever landscape the host names. */
export function cloudControllerRoutes(
  ctx: EmulatorContext,
  parts: Parts,
  landscapes: Landscapes,
  uaaOf: (landscape: string) => Uaa,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const limiter = createRateLimiter();
  const landscapeOf = (c: Call) => c.env.landscape ?? '';

  /** Named steps of every call: authenticate, count, answer, or say why not. */
  const route = (answer: (asked: Asked) => Response | Promise<Response>) => async (c: Call) => {
    const landscape = landscapeOf(c);
    const trace = traceHeaders(c, ctx);
    let counted: Readonly<Record<string, string>> = {};
    let user = '';
    try {
      const caller = await authenticate(c.req.raw, landscape, uaaOf(landscape).tokens, parts.store, ctx.now());
      user = `${landscape}/${caller.guid}`;
      // Administrators are not limited, and their answers have no such headers (recorded).
      if (!caller.admin) counted = limiter.count(user, landscapes.get(landscape)?.rateLimit ?? 20_000, ctx.now());
      const present = createPresenter(landscape, parts.uaa);
      const query = new URL(c.req.url).searchParams;
      const response = await answer({ c, caller, query, present, lists: createLists(parts, present, landscape) });
      for (const [name, value] of Object.entries({ ...trace, ...counted })) response.headers.set(name, value);
      return response;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const limited = error.status === 429;
      return new Response(JSON.stringify(error.body()), {
        status: error.status,
        headers: {
          ...trace,
          ...counted,
          'content-type': limited ? 'text/plain' : 'application/json; charset=utf-8',
          ...(limited ? { 'retry-after': String(limiter.retryAfter(user, ctx.now())) } : {}),
        },
      });
    }
  };
  const open =
    (answer: (c: Call) => unknown, type = 'application/json; charset=utf-8') =>
    (c: Call) =>
      new Response(JSON.stringify(answer(c)), { headers: { ...traceHeaders(c, ctx), 'content-type': type } });
  const presenter = (c: Call) => createPresenter(landscapeOf(c), parts.uaa);

  app.get(
    '/',
    open((c) => presenter(c).root(), 'application/json;charset=utf-8'),
  );
  app.get(
    '/v3',
    open((c) => presenter(c).v3()),
  );
  app.get(
    '/v3/info',
    open((c) => presenter(c).info(landscapes.get(landscapeOf(c))?.rateLimit ?? 20_000)),
  );

  app.get(
    '/v3/organizations',
    route(({ caller, query, lists }) => json(lists.organizations(caller, query))),
  );
  app.get(
    '/v3/organizations/:guid',
    route(({ c, caller, present }) => json(present.org(orgOf(parts, caller, param(c))))),
  );
  app.get(
    '/v3/organizations/:guid/users',
    route(({ c, caller, query, lists }) => json(lists.orgUsers(caller, param(c), query))),
  );
  app.get(
    '/v3/organizations/:guid/domains/default',
    route(({ c, caller, present }) => {
      const org = orgOf(parts, caller, param(c));
      return json(present.domain(seedId('cf/domain', org.landscape), org.createdAt));
    }),
  );

  app.get(
    '/v3/spaces',
    route(({ caller, query, lists }) => json(lists.spaces(caller, query))),
  );
  app.post(
    '/v3/spaces',
    route(async ({ c, caller, present }) =>
      json(present.space(createSpace(parts, caller, await bodyOf(c, newSpace))), 201),
    ),
  );
  app.get(
    '/v3/spaces/:guid',
    route(({ c, caller, query, present }) => {
      const space = spaceOf(parts, caller, param(c));
      const strange = [...query.keys()].find((key) => key !== 'include');
      if (strange !== undefined) {
        throw badQuery(`Unknown query parameter(s): '${strange}'. Valid parameters are: 'include'`);
      }
      const org = query.has('include') ? parts.store.orgs.get(space.org) : undefined;
      return json({
        ...present.space(space),
        ...(org ? { included: { organizations: [present.org(org)] } } : {}),
      });
    }),
  );
  app.delete(
    '/v3/spaces/:guid',
    route(({ c, caller }) => accepted(deleteSpace(parts, caller, param(c)))),
  );
  app.get(
    '/v3/spaces/:guid/users',
    route(({ c, caller, query, lists }) => json(lists.spaceUsers(caller, param(c), query))),
  );
  app.get(
    '/v3/spaces/:guid/features/ssh',
    route(({ c, caller, present }) => json(present.sshFeature(spaceOf(parts, caller, param(c))))),
  );
  app.get(
    '/v3/spaces/:guid/relationships/isolation_segment',
    route(({ c, caller, present }) => json(present.isolationSegment(spaceOf(parts, caller, param(c))))),
  );

  app.get(
    '/v3/roles',
    route(({ caller, query, lists }) => json(lists.roles(caller, query))),
  );
  app.post(
    '/v3/roles',
    route(async ({ c, caller, present }) =>
      json(present.role(createRole(parts, caller, await bodyOf(c, newRole))), 201),
    ),
  );
  app.get(
    '/v3/roles/:guid',
    route(({ c, caller, present }) => {
      const role = parts.store.roles.get(param(c));
      if (!role || !seesRole(parts, caller, role)) throw notFound('Role');
      return json(present.role(role));
    }),
  );
  app.delete(
    '/v3/roles/:guid',
    route(({ c, caller }) => accepted(deleteRole(parts, caller, param(c)))),
  );

  app.get(
    '/v3/users',
    route(({ caller, query, lists }) => json(lists.users(caller, query))),
  );
  app.post(
    '/v3/users',
    route(async ({ c, caller, present }) =>
      json(present.user(createUser(parts, caller, await bodyOf(c, newUser))), 201),
    ),
  );
  app.get(
    '/v3/users/:guid',
    route(({ c, caller, present }) => json(present.user(userOf(parts, caller, param(c))))),
  );
  app.delete(
    '/v3/users/:guid',
    route(({ c, caller }) => accepted(deleteUser(parts, caller, param(c)))),
  );

  app.get(
    '/v3/organization_quotas',
    route(({ caller, query, lists }) => json(lists.quotas(caller, query))),
  );
  app.get(
    '/v3/organization_quotas/:guid',
    route(({ c, caller, present }) => {
      const quota = parts.store.quotas.get(param(c));
      if (quota?.landscape !== caller.landscape) throw notFound('Organization quota');
      const orgs = visibilityOf(parts.store, caller).orgs();
      return json(
        present.quota(
          quota,
          orgs.filter((org) => org.quota === quota.guid).map((org) => org.guid),
        ),
      );
    }),
  );
  // Any authenticated user may read any job.
  app.get(
    '/v3/jobs/:guid',
    route(({ c, caller, present }) => {
      const job = parts.store.jobs.get(param(c));
      if (job?.landscape !== caller.landscape) throw notFound('Job');
      return json(present.job(job, ctx.now()));
    }),
  );
  return app;
}

function param(c: Call): string {
  return c.req.param('guid') ?? '';
}

function orgOf(parts: Parts, caller: Caller, guid: string) {
  const org = parts.store.orgs.get(guid);
  if (!org || !visibilityOf(parts.store, caller).seesOrg(org)) throw notFound('Organization');
  return org;
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

/** 202 with an empty HTML body and the job's address, as recorded. */
function accepted(job: CfJob): Response {
  return new Response('', {
    status: 202,
    headers: { 'content-type': 'text/html', location: `${urlOf('api', job.landscape)}/v3/jobs/${job.guid}` },
  });
}

async function bodyOf<T extends z.ZodType>(c: Call, schema: T): Promise<z.infer<T>> {
  const body: unknown = await c.req.json().catch(() => {
    throw parseError();
  });
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `Unknown field(s): ${issue.keys.map((key) => `'${key}'`).join(', ')}`
      : `${sentence(issue.path.join(' '))} is invalid`,
  );
  throw unprocessable(complaints.join(', '));
}

function sentence(words: string): string {
  return words === '' ? 'Body' : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** Headers of gorouter and Cloud Controller on every answer, as recorded. */
function traceHeaders(c: Call, ctx: Pick<EmulatorContext, 'id'>): Record<string, string> {
  const edge = ctx.id();
  const given = c.req.header('x-vcap-request-id') ?? c.req.header('x-request-id');
  const trace = edge.replaceAll('-', '');
  return {
    'x-vcap-request-id': `${given?.replace(/[^\w-]/g, '').slice(0, 255) || edge}::${ctx.id()}`,
    'x-b3-traceid': trace,
    'x-b3-spanid': trace.slice(16),
    'x-runtime': '0.010000',
    'x-download-options': 'noopen',
    'x-permitted-cross-domain-policies': 'none',
  };
}

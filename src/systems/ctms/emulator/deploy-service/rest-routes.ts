import type { Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Apps } from './apps.ts';
import { badRequest, notFound } from './errors.ts';
import type { Call, Guard } from './guard.ts';
import { mtaByName, mtasOf } from './mtas.ts';
import { act, actionsOf, operationOf, startOperation, stateOf } from './operations.ts';
import type { DeployStore } from './store.ts';
import { addFile, filesOf, jobOf, readUpload, startJob } from './uploads.ts';
import { fileView, jobView, LOG_ID, logOf, mtaView, operationView } from './views.ts';

const SPACE = '/api/v1/spaces/:space';

const newOperation = z.looseObject({
  processType: z.string(),
  namespace: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

const fileUrl = z.looseObject({
  file_url: z.string(),
  credentials: z.looseObject({ username: z.string(), password: z.string() }).nullish(),
});

/** The REST API that `cf deploy` uses (multiapps-controller, api). */
export function addRestRoutes(
  app: Hono<HostEnv>,
  guard: Guard,
  parts: { readonly ctx: EmulatorContext; readonly store: DeployStore; readonly apps: Apps },
): void {
  const { ctx, store } = parts;
  const inSpace: typeof guard = (answer) => guard(answer, (c) => ({ guid: param(c, 'space') }));

  const csrfToken = guard(() => new Response(null, { status: 204 }));
  app.get('/api/v1/csrf-token', csrfToken);
  app.get('/rest/csrf-token', csrfToken);
  app.get(
    '/api/v1/info',
    guard(() => json({ api_version: 1 })),
  );

  // multiapps-controller, ConfigurationEntriesResource. There is no registry of configurations here, so there is nothing to purge.
  app.post(
    '/rest/configuration-entries/purge',
    guard(
      () => new Response(null, { status: 204 }),
      (c) => {
        const { org, space } = c.req.query();
        if (org === undefined || space === undefined) throw badRequest('Required request parameters are missing');
        return { org, space };
      },
    ),
  );

  app.get(
    `${SPACE}/files`,
    inSpace(({ c, space }) => json(filesOf(store, space, namespaceOf(c)).map(fileView))),
  );
  app.post(
    `${SPACE}/files`,
    inSpace(async ({ c, space }) => {
      const upload = await readUpload(c.req.raw);
      return json(fileView(addFile(store, ctx, placeOf(c, space), upload)), 201);
    }),
  );
  app.post(
    `${SPACE}/files/async`,
    inSpace(async ({ c, caller, space }) => {
      const { file_url: encoded, credentials } = await body(c, fileUrl);
      const url = Buffer.from(encoded, 'base64url').toString('utf8');
      const basic = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      const source = { url, ...(basic ? { authorization: `Basic ${basic}` } : {}) };
      const { job, existed } = await startJob(store, ctx, caller, placeOf(c, space), source);
      const location = `spaces/${space}/files/jobs/${job.id}`;
      return new Response(null, { status: existed ? 303 : 202, headers: { location } });
    }),
  );
  app.get(
    `${SPACE}/files/jobs/:job`,
    inSpace(({ c, caller, space }) => {
      const job = jobOf(store, caller, placeOf(c, space), param(c, 'job'));
      const { status, body } = jobView(job, store, ctx.now());
      return json(body, status);
    }),
  );

  app.get(
    `${SPACE}/operations`,
    inSpace(({ c, space }) => {
      const query = new URL(c.req.url).searchParams;
      const states = query.getAll('state').flatMap((value) => value.split(','));
      const mtaId = query.get('mtaId');
      const found = store.operations
        .by('space', space)
        .filter((one) => mtaId === null || one.mtaId === mtaId)
        .filter((one) => states.length === 0 || states.includes(stateOf(one, ctx.now())));
      const last = Number(query.get('last') ?? 0);
      const rows = last > 0 ? found.slice(-last).reverse() : found;
      return json(rows.map((one) => operationView(one, ctx.now())));
    }),
  );
  app.post(
    `${SPACE}/operations`,
    inSpace(async ({ c, caller, space }) => {
      const { processType, namespace, parameters } = await body(c, newOperation);
      const wanted = { processType, parameters, ...(namespace ? { namespace } : {}) };
      return accepted(space, (await startOperation(parts, caller, space, wanted)).id);
    }),
  );
  app.get(
    `${SPACE}/operations/:id`,
    inSpace(({ c, space }) => {
      const embed = c.req.query('embed') === 'messages';
      return json(operationView(operationOf(store, space, param(c, 'id')), ctx.now(), embed));
    }),
  );
  app.post(
    `${SPACE}/operations/:id`,
    inSpace(async ({ c, caller, space }) => {
      const operation = operationOf(store, space, param(c, 'id'));
      await act(parts, caller, operation, c.req.query('actionId') ?? '');
      return accepted(space, operation.id);
    }),
  );
  app.get(
    `${SPACE}/operations/:id/actions`,
    inSpace(({ c, space }) => json(actionsOf(operationOf(store, space, param(c, 'id')), ctx.now()))),
  );
  app.get(
    `${SPACE}/operations/:id/logs`,
    inSpace(({ c, space }) => {
      operationOf(store, space, param(c, 'id'));
      return json([{ id: LOG_ID }]);
    }),
  );
  app.get(
    `${SPACE}/operations/:id/logs/:log/content`,
    inSpace(({ c, space }) => {
      const operation = operationOf(store, space, param(c, 'id'));
      if (param(c, 'log') !== LOG_ID) throw notFound(`Log "${param(c, 'log')}" was not found.`);
      return text(logOf(operation, ctx.now()));
    }),
  );

  app.get(
    `${SPACE}/mtas`,
    // Version 1 tells only of MTAs without a namespace.
    inSpace(({ space }) => json(mtasOf(store, space, { namespace: '' }).map(mtaView))),
  );
  app.get(
    `${SPACE}/mtas/:id`,
    inSpace(({ c, space }) => json(mtaView(mtaByName(store, space, param(c, 'id'))))),
  );
  app.get(
    '/api/v2/spaces/:space/mtas',
    inSpace(({ c, space }) => {
      const { namespace, name } = c.req.query();
      const filter = { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
      return json(mtasOf(store, space, filter).map(mtaView));
    }),
  );
}

function param(c: Call, name: string): string {
  return c.req.param(name) ?? '';
}

function namespaceOf(c: Call): string | undefined {
  return c.req.query('namespace') || undefined;
}

function placeOf(c: Call, space: string): { readonly space: string; readonly namespace?: string } {
  const namespace = namespaceOf(c);
  return { space, ...(namespace === undefined ? {} : { namespace }) };
}

async function body<T extends z.ZodType>(c: Call, schema: T): Promise<z.infer<T>> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined));
  if (!parsed.success) throw badRequest('Failed to read request');
  return parsed.data;
}

/** The address is relative, as the service sends it. */
function accepted(space: string, id: string): Response {
  return new Response(null, { status: 202, headers: { location: `spaces/${space}/operations/${id}?embed=messages` } });
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

function text(content: string): Response {
  return new Response(content, { headers: { 'content-type': 'text/plain;charset=UTF-8' } });
}

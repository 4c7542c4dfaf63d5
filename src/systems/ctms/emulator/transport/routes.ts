import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type HostEnv, refuseOtherMethods } from '../../../../emulation/mount.ts';
import { type Caller, createCallers, type Right } from './caller.ts';
import { badRequest, methodNotAllowed, notFound, TransportFault } from './errors.ts';
import { addFile, deleteFile, descriptorsOf, readMultipart, saveDescriptor } from './files.ts';
import { startImport } from './imports.ts';
import { nodeOf, nodesOf, routesOf } from './landscape.ts';
import { applyStep, createRequest, listQueue, type Step } from './queues.ts';
import { type Parts, recordAction } from './records.ts';
import { CONTENT_TYPES, type TransportAction, type TransportNode } from './store.ts';
import {
  actionLogsView,
  actionView,
  descriptorView,
  nodeView,
  queueView,
  requestLogsView,
  routeView,
} from './views.ts';

type Call = Context<HostEnv>;

const namedUser = z.string().max(60).optional();

const newRequest = z.looseObject({
  nodeName: z.string().max(30),
  contentType: z.enum(CONTENT_TYPES),
  storageType: z.enum(['FILE', 'REFERENCE']),
  description: z.string().max(512),
  entries: z.array(z.looseObject({ uri: z.string().max(256) })),
  namedUser,
});

const requestIds = z.looseObject({ transportRequests: z.array(z.int()), namedUser });
const importAll = z.looseObject({ namedUser });

/**
 * CTMS v2 (swagger 2.2.1; nodes and extension descriptors as Piper uses them).
 * @param carryOn carries on what is under way, so that every answer tells of now
 */
export function createTransportRoutes(ctx: EmulatorContext, parts: Parts, carryOn: () => Promise<void>): Hono<HostEnv> {
  const { store } = parts;
  const callers = createCallers(ctx, store);
  const app = new Hono<HostEnv>();

  app.onError((error, c) => {
    if (!(error instanceof TransportFault)) throw error;
    return c.json(error.body(), error.status);
  });

  const route =
    (right: Right, answer: (c: Call, caller: Caller) => Response | Promise<Response>) => async (c: Call) => {
      const caller = await callers.authenticate(c.req.header('authorization'), c.env.region ?? '');
      callers.authorize(caller, right);
      await carryOn();
      return answer(c, caller);
    };
  const atNode = (
    right: Right,
    answer: (c: Call, node: TransportNode, caller: Caller) => Response | Promise<Response>,
  ) => route(right, (c, caller) => answer(c, nodeOf(store, caller.zone, idOf(c, 'node')), caller));

  // What no published description has: nodes and extension descriptors as Piper reads them (jenkins-library, pkg/tms).
  app.get(
    '/v2/nodes',
    route('read', (c, { zone }) => c.json({ nodes: nodesOf(store, zone).map(nodeView) })),
  );
  // As in the list (jenkins-library, pkg/tms).
  app.get(
    '/v2/nodes/:node{-?[0-9]+}',
    atNode('read', (c, node) => c.json(nodeView(node))),
  );
  // assumed: beside the nodes.
  app.get(
    '/v2/routes',
    route('read', (c, { zone }) => c.json({ routes: routesOf(store, zone).map(routeView) })),
  );

  app.post(
    '/v2/files/upload',
    route('export', async (c, caller) => {
      const form = await readMultipart(c.req.raw);
      const name = named(form.field('namedUser'));
      const file = addFile(store, caller.zone, form);
      recordAction(parts, caller, { type: 'FU', node: undefined, namedUser: name, requests: [] });
      return c.json({ fileId: file.id, fileName: file.name }, 201);
    }),
  );
  app.delete(
    '/v2/files/:file',
    route('export', (c, { zone }) => {
      deleteFile(store, zone, idOf(c, 'file'));
      return c.body(null, 204);
    }),
  );

  const creation = (kind: 'upload' | 'export') =>
    route('export', async (c, caller) => {
      const { request, queued } = createRequest(parts, caller, kind, await body(c, newRequest));
      return c.json({
        transportRequestId: request.id,
        transportRequestDescription: request.description,
        queueEntries: queued.map(({ id, node }) => ({
          queueId: id,
          nodeId: node,
          nodeName: store.nodes.get(String(node))?.name ?? '',
        })),
      });
    });
  app.post('/v2/nodes/upload', creation('upload'));
  app.post('/v2/nodes/export', creation('export'));

  const QUEUE = '/v2/nodes/:node/transportRequests';
  app.get(
    QUEUE,
    atNode('read', (c, node) => {
      const { status, createdAtFrom, createdAtTo, queuedAtFrom, queuedAtTo, owner } = c.req.query();
      const filter = { status, createdAtFrom, createdAtTo, queuedAtFrom, queuedAtTo, owner };
      return c.json({ transportRequests: listQueue(store, node, filter).map(queueView) });
    }),
  );
  app.post(
    `${QUEUE}/import`,
    atNode('importSelected', async (c, node, caller) => {
      const { transportRequests: ids, namedUser: name } = await body(c, requestIds);
      return c.json(startedView(startImport(parts, caller, node, { ids, namedUser: name })));
    }),
  );
  app.post(
    `${QUEUE}/importAll`,
    atNode('import', async (c, node, caller) => {
      const { namedUser: name } = await body(c, importAll, {});
      return c.json(startedView(startImport(parts, caller, node, { namedUser: name })));
    }),
  );
  for (const step of ['forward', 'reset', 'remove'] as const satisfies readonly Step[]) {
    app.post(
      `${QUEUE}/${step}`,
      atNode('transport', async (c, node, caller) => {
        applyStep(parts, caller, node, step, await body(c, requestIds));
        return c.body(null, 204);
      }),
    );
  }
  app.get(
    `${QUEUE}/:request/logs`,
    atNode('read', (c, node) => {
      const id = Number(idOf(c, 'request'));
      const actions = [...store.actions.values()].filter(
        (action) => action.node === node.id && action.requests.some((request) => request.id === id),
      );
      if (!store.queue.by('request', String(id)).some((entry) => entry.node === node.id)) {
        throw notFound(`Transport request ID ${id} does not exist in the import queue of node ID ${node.id}`);
      }
      return c.json(requestLogsView(actions, id));
    }),
  );

  const about = (view: (action: TransportAction) => object) =>
    route('read', (c, { zone }) => {
      const id = idOf(c, 'action');
      const action = store.actions.get(id);
      if (action?.zone !== zone) throw notFound(`Action ID ${id} does not exist`);
      return c.json(view(action));
    });
  app.get('/v2/actions/:action', about(actionView));
  app.get('/v2/actions/:action/logs', about(actionLogsView));

  const DESCRIPTORS = '/v2/nodes/:node/mtaExtDescriptors';
  // As Piper looks for one (jenkins-library, pkg/tms).
  app.get(
    DESCRIPTORS,
    atNode('read', (c, node) => {
      const { mtaId, mtaVersion } = c.req.query();
      return c.json({ mtaExtDescriptors: descriptorsOf(store, node, { mtaId, mtaVersion }).map(descriptorView) });
    }),
  );
  // As Piper sends one (jenkins-library, pkg/tms).
  app.post(
    DESCRIPTORS,
    atNode('landscape', async (c, node) => {
      named(c.req.header('tms-named-user'));
      return c.json(descriptorView(saveDescriptor(store, ctx.now(), node, await readMultipart(c.req.raw))), 201);
    }),
  );
  // As Piper changes one (jenkins-library, pkg/tms).
  app.put(
    `${DESCRIPTORS}/:descriptor`,
    atNode('landscape', async (c, node) => {
      named(c.req.header('tms-named-user'));
      const form = await readMultipart(c.req.raw);
      return c.json(descriptorView(saveDescriptor(store, ctx.now(), node, form, idOf(c, 'descriptor'))));
    }),
  );

  // swagger 2.2.1 names every method of its paths, and of the others those that Piper sends are all (assumed); the answer is HTTP's
  // (RFC 9110), its type and text assumed.
  refuseOtherMethods(app, async (c, methods) => {
    await callers.authenticate(c.req.header('authorization'), c.env.region ?? '');
    const refusal = methodNotAllowed(c.req.method);
    return c.json(refusal.body(), refusal.status, { Allow: methods.join(', ') });
  });

  return app;
}

function startedView({ id }: TransportAction) {
  return { actionId: id, monitoringURL: `/v2/actions/${id}` };
}

/** Ids in paths are numbers of 64 bits (swagger 2.2.1); what is answered to something else is assumed. */
function idOf(c: Call, name: string): string {
  const text = c.req.param(name) ?? '';
  if (!/^-?\d{1,19}$/.test(text)) throw badRequest(`'${text}' is not a valid ID`);
  return String(BigInt(text));
}

function named(name: string | undefined): string | undefined {
  if (!namedUser.safeParse(name).success) throw badRequest('namedUser is longer than 60 characters');
  return name;
}

/** @param absent what a missing body means; without it a body is required */
async function body<T extends z.ZodType>(c: Call, schema: T, absent?: unknown): Promise<z.infer<T>> {
  const text = await c.req.text();
  const parsed = schema.safeParse(text === '' ? absent : parseJson(text));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'the body');
  throw badRequest(`Request is not valid: ${[...new Set(places)].join(', ')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { readXml, writeXml, type Xml } from '../slp-xml.ts';
import type { Apps } from './apps.ts';
import type { Place } from './authorization.ts';
import { badRequest, notFound } from './errors.ts';
import type { Admitted, Call, Guard } from './guard.ts';
import { act, operationOf, PROCESS_TYPES, type ProcessType, startOperation } from './operations.ts';
import {
  actionsXml,
  failureOf,
  filesXml,
  logXml,
  metadata,
  parametersOf,
  processXml,
  SERVICES,
  serviceIdOf,
  serviceXml,
  taskXml,
  versionsXml,
} from './slp-views.ts';
import type { DeployStore, Operation } from './store.ts';
import { addFile, filesOf, readUpload } from './uploads.ts';
import { LOG_ID, logOf } from './views.ts';

/** A space in the path is named, or given by its GUID; the patterns differ in length only. */
const ROOTS = ['/slprot/:guid/slp', '/slprot/:org/:space/slp'] as const;

/**
 * The SL protocol, which Cloud Transport Management drives: XML (routes of multiapps-cli-plugin before b8d2063; the
 * service's own part is closed source, so what it does beyond them is assumed).
 */
export function addSlpRoutes(
  app: Hono<HostEnv>,
  guard: Guard,
  parts: { readonly ctx: EmulatorContext; readonly store: DeployStore; readonly apps: Apps },
): void {
  const { ctx, store } = parts;
  const on = (
    method: 'get' | 'post' | 'delete',
    path: string,
    answer: (admitted: Admitted) => Xml | Response | Promise<Xml | Response>,
  ): void => {
    const route = guard(async (admitted) => {
      const answered = await answer(admitted);
      return answered instanceof Response ? answered : xmlResponse(answered);
    }, placeOf);
    for (const root of ROOTS) app[method](`${root}${path}`, route);
  };
  const about =
    (view: (operation: Operation, admitted: Admitted) => Xml | Response | Promise<Xml | Response>) =>
    (admitted: Admitted) =>
      view(processOf(store, admitted), admitted);

  on('get', '/metadata', () => metadata);
  on('get', '/services', () => ['services', SERVICES.map(serviceXml)]);
  on('get', '/services/:service', ({ c }) => serviceXml(serviceOf(c)));
  on('get', '/services/:service/parameters', ({ c }) => ['parameters', parametersOf(serviceOf(c))]);
  on('get', '/services/:service/versions', ({ c }) => versionsXml(serviceOf(c)));

  on('get', '/services/:service/files', ({ c, space }) => {
    const { serviceId } = PROCESS_TYPES[serviceOf(c)];
    return filesXml(filesOf(store, space, undefined), serviceId);
  });
  on('post', '/services/:service/files', async ({ c, space }) => {
    const { serviceId } = PROCESS_TYPES[serviceOf(c)];
    return filesXml([addFile(store, ctx, { space }, await readUpload(c.req.raw))], serviceId);
  });
  on('delete', '/services/:service/files', ({ c, space }) => {
    serviceOf(c);
    for (const { id } of filesOf(store, space, undefined)) store.files.delete(id);
    return noContent();
  });
  on('delete', '/services/:service/files/:file', ({ c, space }) => {
    serviceOf(c);
    if (store.files.get(param(c, 'file'))?.space !== space) throw notFound(`File "${param(c, 'file')}" was not found.`);
    store.files.delete(param(c, 'file'));
    return noContent();
  });

  on('get', '/services/:service/processes', ({ c, space }) => {
    const type = serviceOf(c);
    const rows = store.operations.by('space', space).filter((one) => one.processType === type);
    return ['processes', rows.map((one) => processXml(one, ctx.now()))];
  });
  on('post', '/services/:service/processes', async ({ c, caller, space }) => {
    const processType = serviceOf(c);
    const wanted = { processType, parameters: readParameters(await c.req.text()) };
    return processXml(await startOperation(parts, caller, space, wanted), ctx.now());
  });
  on('get', '/processes', ({ space }) => {
    return ['processes', store.operations.by('space', space).map((one) => processXml(one, ctx.now()))];
  });
  on(
    'get',
    '/processes/:process',
    about((process) => processXml(process, ctx.now())),
  );
  on(
    'get',
    '/processes/:process/service',
    about((process) => serviceXml(process.processType as ProcessType)),
  );
  const abort = about(async (process, { caller }) => {
    await act(parts, caller, process, 'abort');
    return noContent();
  });
  on('delete', '/processes/:process', abort);
  on('delete', '/services/:service/processes/:process', abort);

  const RUN = '/runs/:service/:process';
  on(
    'get',
    `${RUN}/metadata`,
    about(() => metadata),
  );
  on(
    'get',
    `${RUN}/tasklist`,
    about((process) => ['tasklist', [taskXml(process, ctx.now())]]),
  );
  on(
    'get',
    `${RUN}/tasklist/:task`,
    about((process, { c }) => task(c, process, () => taskXml(process, ctx.now()))),
  );
  on(
    'get',
    `${RUN}/tasklist/:task/error`,
    about((process, { c }) => task(c, process, () => error(process))),
  );
  on(
    'get',
    `${RUN}/tasklist/:task/logs`,
    about((process, { c }) => task(c, process, () => logs(process))),
  );
  on(
    'get',
    `${RUN}/error`,
    about((process) => error(process)),
  );
  on(
    'get',
    `${RUN}/actions`,
    about((process) => actionsXml(process, ctx.now())),
  );
  on(
    'post',
    `${RUN}/actions/:action`,
    about(async (process, { c, caller }) => {
      await act(parts, caller, process, param(c, 'action'));
      return noContent();
    }),
  );
  on(
    'get',
    `${RUN}/logs`,
    about((process) => logs(process)),
  );
  on(
    'get',
    `${RUN}/logs/:log`,
    about((process, { c }) => log(c, () => logXml(process, ctx.now()))),
  );
  on(
    'get',
    `${RUN}/logs/:log/content`,
    about((process, { c }) =>
      log(c, () => {
        return new Response(logOf(process, ctx.now()), { headers: { 'content-type': 'text/plain;charset=UTF-8' } });
      }),
    ),
  );

  const logs = (process: Operation): Xml => ['logs', [logXml(process, ctx.now())]];

  function error(process: Operation): Xml {
    const found = failureOf(process, ctx.now());
    if (!found) throw notFound(`Process "${process.id}" has no error.`);
    return found;
  }
}

/**
 * Org and space as they stand in the path, each decoded by itself; a `+` that is not encoded means a blank, so that
 * `dev+test` is not found unless it is written `dev%2Btest` (docs on CTMS destinations, 6b7c9d8).
 */
function placeOf(c: Call): Place {
  const path = /^\/slprot\/([^/]+)(?:\/([^/]+))?\/slp(?:\/|$)/.exec(new URL(c.req.url).pathname);
  const [first = '', second] = path?.slice(1).map((segment) => segment && decodeSegment(segment)) ?? [];
  return second === undefined ? { guid: first } : { org: first, space: second };
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function param(c: Call, name: string): string {
  return c.req.param(name) ?? '';
}

function serviceOf(c: Call): ProcessType {
  const id = param(c, 'service');
  const found = SERVICES.find((type) => PROCESS_TYPES[type].serviceId === id);
  if (!found) throw notFound(`Service "${id}" was not found.`);
  return found;
}

function processOf(store: DeployStore, { c, space }: Admitted): Operation {
  const process = operationOf(store, space, param(c, 'process'));
  const service = c.req.param('service');
  if (service !== undefined && service !== serviceIdOf(process))
    throw notFound(`Process "${process.id}" was not found.`);
  return process;
}

/** The one task of a process has its id. */
function task<T>(c: Call, process: Operation, view: () => T): T {
  if (param(c, 'task') !== process.id) throw notFound(`Task "${param(c, 'task')}" was not found.`);
  return view();
}

function log<T>(c: Call, view: () => T): T {
  if (param(c, 'log') !== LOG_ID) throw notFound(`Log "${param(c, 'log')}" was not found.`);
  return view();
}

/** Scalar parameters of a `<Process>`; tables stay unread, nothing here uses one. */
function readParameters(text: string): Readonly<Record<string, string>> {
  const root = readXml(text);
  if (root?.name !== 'Process') throw badRequest('The request body is not a Process document');
  const rows = root.child('parameters')?.children('Parameter') ?? [];
  return Object.fromEntries(
    rows.flatMap((row) => {
      const id = row.child('id')?.text;
      const value = row.child('value')?.text;
      return id === undefined || value === undefined ? [] : [[id, value]];
    }),
  );
}

function xmlResponse(document: Xml): Response {
  return new Response(writeXml(document), { headers: { 'content-type': 'application/xml' } });
}

function noContent(): Response {
  return new Response(null, { status: 204 });
}

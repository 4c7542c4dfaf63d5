import type { Caller } from './caller.ts';
import { badRequest, notFound, unprocessable } from './errors.ts';
import { fileOf } from './files.ts';
import { followOnNodes, nodeByName } from './landscape.ts';
import { doneWith, type Parts, recordAction } from './records.ts';
import type {
  ContentType,
  QueueEntry,
  RequestStatus,
  TransportNode,
  TransportRequest,
  TransportStore,
} from './store.ts';

/** Body of node upload and node export (swagger 2.2.1, NodeExportBodyEntityName). */
export interface NewRequest {
  readonly nodeName: string;
  readonly contentType: ContentType;
  readonly storageType: 'FILE' | 'REFERENCE';
  readonly description: string;
  readonly entries: readonly { readonly uri: string }[];
  readonly namedUser?: string | undefined;
}

/** Puts content into the queue of the node itself (upload) or into those of the nodes behind it (export). */
export function createRequest(
  parts: Parts,
  caller: Caller,
  kind: 'upload' | 'export',
  wanted: NewRequest,
): { readonly request: TransportRequest; readonly queued: readonly QueueEntry[] } {
  const { ctx, store } = parts;
  const node = nodeByName(store, caller.zone, wanted.nodeName);
  if (kind === 'upload' && !node.uploadAllowed) throw unprocessable(`Upload to node ${node.name} is not allowed`);
  const targets = kind === 'upload' ? [node] : followOnNodes(store, node);
  if (targets.length === 0) throw unprocessable(`Node ${node.name} has no follow-on nodes`);
  if (wanted.entries.length === 0) throw unprocessable('A transport request needs at least one entry');
  const missing = wanted.entries.find(({ uri }) => wanted.storageType === 'FILE' && !fileOf(store, caller.zone, uri));
  if (missing) throw unprocessable(`The file ${missing.uri} does not exist`);
  const id = store.nextId();
  const request: TransportRequest = {
    id,
    zone: caller.zone,
    description: wanted.description,
    origin: node.name,
    createdAt: ctx.now(),
    createdBy: caller.subject,
    namedUser: wanted.namedUser ?? caller.subject,
    entries: wanted.entries.map(({ uri }) => ({
      id: store.nextId(),
      storageType: wanted.storageType,
      contentType: wanted.contentType,
      uri,
    })),
  };
  store.requests.set(String(id), request);
  const queued = targets.map((target) => enqueue(parts, target, request));
  const type = kind === 'upload' ? 'NU' : 'NE';
  recordAction(parts, caller, { type, node, namedUser: wanted.namedUser, requests: doneWith([id]) });
  return { request, queued };
}

/** What becomes of the status of a request that is added to a queue where it stands already; one that runs goes on (assumed). */
const ADDED_AGAIN: Readonly<Record<RequestStatus, RequestStatus>> = {
  initial: 'initial',
  running: 'running',
  repeat: 'repeat',
  succeeded: 'repeat',
  warning: 'repeat',
  error: 'repeat',
  fatal: 'repeat',
  deleted: 'repeat',
};

/** Adds a request to the end of a node's queue, or moves it there (ctm:630fae7). */
function enqueue({ ctx, store }: Parts, node: TransportNode, request: TransportRequest): QueueEntry {
  const known = entryOf(store, node, request.id);
  const positions = store.queue.by('node', String(node.id)).map((entry) => entry.position);
  const entry: QueueEntry = {
    id: known?.id ?? store.nextId(),
    zone: node.zone,
    node: node.id,
    request: request.id,
    status: known ? ADDED_AGAIN[known.status] : 'initial',
    position: Math.max(0, ...positions) + 1,
    queuedAt: ctx.now(),
  };
  store.queue.set(String(entry.id), entry);
  return entry;
}

export function entryOf(store: TransportStore, node: TransportNode, request: number): QueueEntry | undefined {
  return store.queue.by('request', String(request)).find((entry) => entry.node === node.id);
}

export function setStatus(store: TransportStore, entry: QueueEntry, status: RequestStatus): void {
  store.queue.set(String(entry.id), { ...entry, status });
}

/** Codes of the filter, which is required; no status says `skipped` (swagger 2.2.1). */
const STATUS_CODES: Readonly<Record<string, RequestStatus | 'skipped'>> = {
  in: 'initial',
  ru: 'running',
  re: 'repeat',
  su: 'succeeded',
  sk: 'skipped',
  wa: 'warning',
  er: 'error',
  fa: 'fatal',
  de: 'deleted',
};

export interface QueueFilter {
  readonly status: string | undefined;
  readonly createdAtFrom?: string | undefined;
  readonly createdAtTo?: string | undefined;
  readonly queuedAtFrom?: string | undefined;
  readonly queuedAtTo?: string | undefined;
  readonly owner?: string | undefined;
}

/** The queue of a node, in its order. */
export function listQueue(
  store: TransportStore,
  node: TransportNode,
  filter: QueueFilter,
): readonly { readonly entry: QueueEntry; readonly request: TransportRequest }[] {
  if (!filter.status) throw badRequest("Required request parameter 'status' is not present");
  const wanted = filter.status.split(',').map((code) => {
    const status = STATUS_CODES[code.trim()];
    if (!status) throw badRequest(`Status '${code}' is not one of in,ru,re,su,sk,wa,er,fa,de`);
    return status;
  });
  const createdAt = range(filter.createdAtFrom, filter.createdAtTo);
  const queuedAt = range(filter.queuedAtFrom, filter.queuedAtTo);
  return store.queue
    .by('node', String(node.id))
    .filter((entry) => wanted.includes(entry.status) && queuedAt(entry.queuedAt))
    .flatMap((entry) => {
      const request = store.requests.get(String(entry.request));
      return request ? [{ entry, request }] : [];
    })
    .filter(({ request }) => createdAt(request.createdAt))
    .filter(({ request: { createdBy, namedUser } }) => !filter.owner || [createdBy, namedUser].includes(filter.owner))
    .toSorted((a, b) => a.entry.position - b.entry.position);
}

function range(from: string | undefined, to: string | undefined): (at: number) => boolean {
  const [first, last] = [from, to].map((text) => {
    if (text === undefined) return undefined;
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || Number.isNaN(Date.parse(text))) {
      throw badRequest(`'${text}' is not of format yyyy-MM-dd'T'HH:mm:ss.SSS'Z'`);
    }
    return Date.parse(text);
  });
  return (at) => at >= (first ?? at) && at <= (last ?? at);
}

/** What can be done with requests in a queue beside importing them. */
const STEPS = {
  /** Goes on to the next nodes, once it was imported (ctm:630fae7). */
  forward: { type: 'FQ', from: ['succeeded', 'warning', 'error'] },
  /** Can be imported once more (ctm:e56b4a2); what is fatal can be so as it is. */
  reset: { type: 'RQ', from: ['succeeded', 'error'] },
  remove: { type: 'DQ', from: ['initial', 'repeat', 'succeeded', 'warning', 'error', 'fatal'] },
} as const;
export type Step = keyof typeof STEPS;

/** If one of the requests is not valid for it, nothing is done (swagger 2.2.1). How it is refused is assumed. */
export function applyStep(
  parts: Parts,
  caller: Caller,
  node: TransportNode,
  step: Step,
  body: { readonly transportRequests: readonly number[]; readonly namedUser?: string | undefined },
): void {
  const { store } = parts;
  const { type, from } = STEPS[step];
  const entries = validEntries(store, node, body.transportRequests, from);
  if (step === 'forward' && node.forwardMode !== 'MANUAL') throw badRequest(`Node ${node.name} forwards automatically`);
  if (step === 'forward' && followOnNodes(store, node).length === 0) {
    throw badRequest(`Node ${node.name} has no follow-on nodes`);
  }
  for (const entry of entries) {
    if (step === 'reset') setStatus(store, entry, 'repeat');
    else if (step === 'remove') setStatus(store, entry, 'deleted');
    else forward(parts, node, entry.request);
  }
  const requests = doneWith(body.transportRequests);
  recordAction(parts, caller, { type, node, namedUser: body.namedUser, requests });
}

/** Adds a request to the queues of the nodes behind a node. */
export function forward(parts: Parts, node: TransportNode, id: number): void {
  const request = parts.store.requests.get(String(id));
  if (!request) return;
  for (const next of followOnNodes(parts.store, node)) enqueue(parts, next, request);
}

export function validEntries(
  store: TransportStore,
  node: TransportNode,
  ids: readonly number[],
  from: readonly RequestStatus[],
): readonly QueueEntry[] {
  if (ids.length === 0) throw badRequest('No transport requests are given');
  return [...new Set(ids)].map((id) => {
    const entry = entryOf(store, node, id);
    if (!entry || entry.status === 'deleted') {
      throw notFound(`Transport request ID ${id} does not exist in the import queue of node ID ${node.id}`);
    }
    if (!from.includes(entry.status)) {
      throw badRequest(`Transport request ID ${id} has the status ${entry.status}`);
    }
    return entry;
  });
}

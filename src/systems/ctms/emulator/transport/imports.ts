import { type Archive, ArchiveError, readArchive } from '../deploy-service/archive.ts';
import type { Caller } from './caller.ts';
import { clientCreationFailed, ImportFailure, logIn, readDestination } from './destination-access.ts';
import { descriptorsFor, fileOf } from './files.ts';
import { entryOf, forward, setStatus, validEntries } from './queues.ts';
import { logMessage, type Parts, recordAction } from './records.ts';
import { createDeployClient, type DeployClient } from './slp-client.ts';
import type {
  ActionEntity,
  ActionRequest,
  ActionStatus,
  QueueEntry,
  RequestStatus,
  TransportAction,
  TransportNode,
} from './store.ts';

/** A fatal import has changed nothing and can be repeated as it is; after an error the request must be reset first. */
const IMPORTABLE: readonly RequestStatus[] = ['initial', 'repeat', 'fatal'];

/** Starts an import; what it does follows as time goes by. Without `ids` every importable request in its order. */
export function startImport(
  parts: Parts,
  caller: Caller,
  node: TransportNode,
  order: { readonly ids?: readonly number[]; readonly namedUser?: string | undefined },
): TransportAction {
  const { store } = parts;
  const busy = new Set(
    store.actions
      .by('status', 'running')
      .flatMap((action) => (action.node === node.id ? action.requests.map(({ id }) => id) : [])),
  );
  const entries: readonly QueueEntry[] = order.ids
    ? validEntries(store, node, order.ids, IMPORTABLE)
    : store.queue
        .by('node', String(node.id))
        .filter(({ status, request }) => IMPORTABLE.includes(status) && !busy.has(request))
        .toSorted((a, b) => a.position - b.position);
  // A request that another action is importing already: the refusal is assumed.
  const [taken] = entries.filter(({ request }) => busy.has(request));
  if (taken) validEntries(store, node, [taken.request], []);
  // "As a first step" (ctm:f71a4d5), whatever comes of the import.
  if (node.forwardMode === 'AUTO') for (const { request } of entries) forward(parts, node, request);
  return recordAction(parts, caller, {
    type: 'I',
    node,
    namedUser: order.namedUser,
    selected: order.ids !== undefined,
    status: entries.length > 0 ? 'running' : 'succeeded',
    requests: entries.flatMap(({ request: id }) => {
      const request = store.requests.get(String(id));
      if (!request) return [];
      const entities = request.entries.map(
        (entry): ActionEntity => ({
          id: entry.id,
          uri: entry.uri,
          fileName: (entry.storageType === 'FILE' && fileOf(store, node.zone, entry.uri)?.name) || entry.uri,
          status: 'initial',
          messages: [],
        }),
      );
      return [{ id, status: 'initial', messages: [], entities } satisfies ActionRequest];
    }),
  });
}

/** Carries the running imports on: starts what is next, and looks after what the deploy service is doing. */
export function createImporter(parts: Parts): () => Promise<void> {
  const { store } = parts;
  /** A cache: a restarted landscape logs in anew. By action and request. */
  const clients = new Map<string, DeployClient>();

  async function clientOf(action: TransportAction, request: number, node: TransportNode): Promise<DeployClient> {
    const key = `${action.id}/${request}`;
    const known = clients.get(key);
    if (known) return known;
    const subscription = store.subscriptions.get(node.zone);
    if (!subscription || node.destination === undefined) throw clientCreationFailed('Not Found');
    const destination = await readDestination(parts.ctx, subscription, node.destination);
    const client = await createDeployClient(parts.ctx, destination, await logIn(parts.ctx, destination));
    clients.set(key, client);
    return client;
  }

  /** Brings one entity as far as it gets now. */
  async function carryOn(
    action: TransportAction,
    request: ActionRequest,
    entity: ActionEntity,
    node: TransportNode,
  ): Promise<ActionEntity> {
    const told = (severity: 'F' | 'E' | 'W' | 'I', text: string) => logMessage(parts, severity, text);
    const ended = (status: ActionStatus, ...messages: readonly ActionEntity['messages'][number][]) => ({
      ...entity,
      status,
      messages: [...entity.messages, ...messages],
    });
    try {
      const entry = store.requests.get(String(request.id))?.entries.find(({ id }) => id === entity.id);
      // A virtual node deploys nothing, and passes content on.
      if (!entry || node.destination === undefined) return ended('succeeded');
      if (entry.contentType !== 'MTA' || entry.storageType !== 'FILE') {
        // Only the deploy service is emulated; the others' texts are not known.
        return ended('warning', told('W', `Content of type ${entry.contentType} is not deployed here`));
      }
      const client = await clientOf(action, request.id, node);
      if (entity.process === undefined) {
        return { ...entity, status: 'running', process: await startDeployment(client, entity, node) };
      }
      const task = await client.task(entity.process);
      if (!task) {
        // The session or its token is over: the next look logs in anew.
        clients.delete(`${action.id}/${request.id}`);
        return entity;
      }
      const progress = task.messages.map((text) => told('I', text));
      if (task.state === 'FINISHED') {
        return ended('succeeded', ...progress, told('I', `Deploy of file ${entity.fileName} finished successfully`));
      }
      if (task.state !== 'ERROR' && task.state !== 'ABORTED') return entity;
      const failure = task.failed ? await client.failure(entity.process) : undefined;
      return ended('error', ...progress, told('E', failure ?? `Deploy of file ${entity.fileName} was aborted`));
    } catch (error) {
      if (!(error instanceof ImportFailure)) throw error;
      return ended(error.severity === 'F' ? 'fatal' : 'error', told(error.severity, error.message));
    }
  }

  async function startDeployment(client: DeployClient, entity: ActionEntity, node: TransportNode): Promise<string> {
    const file = fileOf(store, node.zone, entity.uri);
    if (!file) throw new ImportFailure('F', `The file ${entity.uri} does not exist`);
    const bytes = Buffer.from(file.content, 'base64');
    const archive = tryRead(bytes);
    const descriptors = archive ? descriptorsFor(store, node, archive) : [];
    const appArchiveId = await client.upload(file.name, bytes);
    const extensions: string[] = [];
    for (const { fileName, content } of descriptors) {
      extensions.push(await client.upload(fileName, Buffer.from(content, 'utf8')));
    }
    return client.start({
      ctsProcessId: parts.ctx.id(),
      appArchiveId,
      ...(extensions.length > 0 ? { mtaExtDescriptorId: extensions.join(',') } : {}),
    });
  }

  /** Brings a request as far as it gets now: its entries go one after the other, up to the first that fails. */
  async function carryRequest(
    action: TransportAction,
    before: ActionRequest,
    node: TransportNode,
  ): Promise<ActionRequest> {
    let request = before;
    if (request.status === 'initial') {
      const start = logMessage(parts, 'I', heading(parts, action, request.id), 'TRANSPORTREQUEST_START');
      request = { ...request, status: 'running', messages: [start] };
    }
    for (const [index, entity] of request.entities.entries()) {
      if (isOver(entity.status)) continue;
      if (request.entities.slice(0, index).some(({ status }) => status === 'error' || status === 'fatal')) break;
      const next = await carryOn(action, request, entity, node);
      request = { ...request, entities: request.entities.with(index, next) };
      if (next.process !== undefined && entity.process === undefined) {
        const text = `Deployment started. Process ID: ${next.process}`;
        request = { ...request, messages: [...request.messages, logMessage(parts, 'I', text, 'DEPLOYMENT_STARTED')] };
      }
      if (!isOver(next.status)) return request;
    }
    const status = worst(request.entities);
    const end = logMessage(parts, 'I', ending(parts, request.id, status), 'TRANSPORTREQUEST_END');
    clients.delete(`${action.id}/${request.id}`);
    return { ...request, status, messages: [...request.messages, end] };
  }

  async function carryAction(before: TransportAction): Promise<void> {
    let action = before;
    const node = store.nodes.get(String(action.node));
    if (!node) return;
    for (const [index, request] of action.requests.entries()) {
      if (isOver(request.status)) continue;
      const next = await carryRequest(action, request, node);
      const entry = entryOf(store, node, request.id);
      action = { ...action, requests: action.requests.with(index, next) };
      store.actions.set(String(action.id), action);
      if (entry) setStatus(store, entry, next.status);
      if (!isOver(next.status)) return;
      const succeeded = next.status === 'succeeded' || next.status === 'warning';
      const goesOn = node.forwardMode === 'POST_IMPORT' || (node.forwardMode === 'ON_SUCCESS' && succeeded);
      if (goesOn) forward(parts, node, request.id);
      // That a failure keeps the requests behind it from being imported is assumed: they may build on it.
      if (!succeeded) break;
    }
    const status = worst(action.requests.filter((request) => isOver(request.status)));
    store.actions.set(String(action.id), { ...action, status, endedAt: parts.ctx.now() });
  }

  async function carryAll(): Promise<void> {
    for (const action of store.actions.by('status', 'running')) await carryAction(action);
  }

  // Whoever comes while it is under way must neither deploy twice nor wait for it: it may need the turn of that request.
  let underWay = false;
  return async () => {
    if (underWay) return;
    underWay = true;
    try {
      await carryAll();
    } finally {
      underWay = false;
    }
  };
}

function isOver(status: ActionStatus): boolean {
  return status !== 'initial' && status !== 'running';
}

const SEVERITY: readonly ActionStatus[] = ['succeeded', 'warning', 'error', 'fatal'];

function worst(parts: readonly { readonly status: ActionStatus }[]): ActionStatus {
  return SEVERITY[Math.max(0, ...parts.map(({ status }) => SEVERITY.indexOf(status)))] ?? 'succeeded';
}

/** Texts of swagger 2.2.1's examples; the word for an import of all is assumed. */
function heading(parts: Parts, action: TransportAction, request: number): string {
  const kind = action.selected ? 'selected' : 'all';
  return `Import (${kind}) started for transport request '${descriptionOf(parts, request)}' (id: ${request}), at ${moment(parts)}`;
}

function ending(parts: Parts, request: number, status: ActionStatus): string {
  const word = status === 'succeeded' ? 'Success' : status.charAt(0).toUpperCase() + status.slice(1);
  return `Import ended for transport request '${descriptionOf(parts, request)}' (id: ${request}) with status '${word}', at ${moment(parts)}`;
}

function descriptionOf({ store }: Parts, request: number): string {
  return store.requests.get(String(request))?.description ?? '';
}

/** `May-07-2019 06:40:48 GMT` */
function moment({ ctx }: Parts): string {
  const [, day, month, year, time] = /, (\d\d) (\w{3}) (\d{4}) (\S+)/.exec(new Date(ctx.now()).toUTCString()) ?? [];
  return `${month}-${day}-${year} ${time} GMT`;
}

function tryRead(bytes: Uint8Array): Archive | undefined {
  try {
    return readArchive([bytes]);
  } catch (error) {
    if (error instanceof ArchiveError) return undefined;
    throw error;
  }
}

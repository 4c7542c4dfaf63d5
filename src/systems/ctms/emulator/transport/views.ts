import type {
  ExtensionDescriptor,
  LogMessage,
  QueueEntry,
  TransportAction,
  TransportNode,
  TransportRequest,
  TransportRoute,
} from './store.ts';

/** A node as Piper and the cockpit read it; not in swagger 2.2.1. */
export function nodeView(node: TransportNode) {
  const { id, name, description, uploadAllowed, forwardMode, destination } = node;
  return {
    id,
    name,
    description,
    uploadAllowed,
    notificationEnabled: false,
    forwardMode,
    controlledBy: 'NONE',
    importDisabled: false,
    importDisabledReason: null,
    targets:
      destination === undefined
        ? []
        : // A target has no life of its own here: its id is the node's.
          [{ id, contentType: 'MTA', destinationName: destination, importOptions: { strategy: 'default' } }],
  };
}

/** The shape is assumed: routes are in no published description. */
export function routeView({ id, name, source, target }: TransportRoute) {
  return { id, name, description: '', sourceNodeId: source, targetNodeId: target };
}

/** swagger 2.2.1, TransportRequestResponse2. */
export function queueView({ entry, request }: { readonly entry: QueueEntry; readonly request: TransportRequest }) {
  return {
    id: request.id,
    status: entry.status,
    archived: false,
    position: entry.position,
    createdAt: iso(request.createdAt),
    queuedAt: iso(entry.queuedAt),
    createdBy: request.createdBy,
    createdByNamedUser: request.namedUser,
    description: request.description,
    origin: request.origin,
    entries: request.entries,
  };
}

/** swagger 2.2.1, ActionResponse2. */
export function actionView(action: TransportAction) {
  return {
    id: action.id,
    type: action.type,
    status: action.status,
    startedAt: padded(action.startedAt),
    ...(action.endedAt === undefined ? {} : { endedAt: padded(action.endedAt) }),
    triggeredBy: action.triggeredBy,
    triggeredByNamedUser: action.namedUser,
    nodeName: action.nodeName,
    transportRequests: action.requests.map(({ id, status, entities }) => ({
      id,
      status,
      entities: entities.map(({ id: entity, fileName, uri, status: state }) => ({
        id: entity,
        fileName,
        uri,
        status: state,
      })),
    })),
  };
}

/** swagger 2.2.1, LogsResponse2. */
export function actionLogsView(action: TransportAction) {
  return {
    logs: action.requests.map((request) => ({
      transportRequestId: request.id,
      status: request.status,
      messages: messages(request.messages, padded),
      entities: entities(request.entities, padded),
    })),
  };
}

/** swagger 2.2.1, TrLogsResponse2: every action on a request at a node, the newest first. */
export function requestLogsView(actions: readonly TransportAction[], request: number) {
  return {
    logs: actions.toReversed().flatMap((action) =>
      action.requests
        .filter(({ id }) => id === request)
        .map((row) => ({
          actionId: action.id,
          actionType: action.type,
          status: row.status,
          actionStartedAt: iso(action.startedAt),
          actionTriggeredBy: action.triggeredBy,
          actionTriggeredByNamedUser: action.namedUser,
          messages: messages(row.messages, iso),
          entities: entities(row.entities, iso),
        })),
    ),
  };
}

/** As Piper reads it (jenkins-library, pkg/tms). */
export function descriptorView(descriptor: ExtensionDescriptor) {
  const { id, description, mtaId, mtaExtId, mtaVersion, lastChangedAt } = descriptor;
  return { id, description, mtaId, mtaExtId, mtaVersion, lastChangedAt: iso(lastChangedAt) };
}

type Stamp = (at: number) => string;

/** Newest first. */
function messages(rows: readonly LogMessage[], stamp: Stamp) {
  return rows.toReversed().map(({ createdAt, ...row }) => ({ ...row, createdAt: stamp(createdAt) }));
}

function entities(rows: TransportAction['requests'][number]['entities'], stamp: Stamp) {
  return rows.map(({ id, uri, fileName, status, messages: told }) => ({
    id,
    uri,
    fileName,
    status,
    messages: messages(told, stamp),
  }));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Milliseconds padded to four digits, zone without a colon: actions are told so (swagger 2.2.1, examples). */
function padded(at: number): string {
  return iso(at).replace(/\.(\d{3})Z$/, '.0$1+0000');
}

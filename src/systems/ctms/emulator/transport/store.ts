import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';

export const CONTENT_TYPES = ['MTA', 'XSCDU', 'APP', 'BTP_ABAP'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** Statuses of queue entries (swagger 2.2.1, TRStatus). */
export type RequestStatus = 'initial' | 'running' | 'repeat' | 'succeeded' | 'warning' | 'error' | 'fatal' | 'deleted';
/** Statuses of actions and of what is imported (swagger 2.2.1, ActionStatus). */
export type ActionStatus = 'initial' | 'running' | 'succeeded' | 'warning' | 'error' | 'fatal';
type ActionType = 'FU' | 'NE' | 'NU' | 'I' | 'DQ' | 'RQ' | 'FQ' | 'AQ';

/**
 * When requests go on to the next nodes (ctm:f71a4d5): before they are imported here (`AUTO`, which the cockpit calls Pre-Import since the
 * others are there), after they were, only if that succeeded, or when somebody says so. Names of the two in between: assumed.
 */
export const FORWARD_MODES = ['AUTO', 'POST_IMPORT', 'ON_SUCCESS', 'MANUAL'] as const;
export type ForwardMode = (typeof FORWARD_MODES)[number];

/** Everything of a subscription carries the GUID of its subaccount. */
interface Row {
  readonly zone: string;
}

/** A subaccount that is subscribed to Cloud Transport Management. */
export interface Subscription extends Row {
  readonly region: string;
  /** Of the subaccount's XSUAA, e.g. `https://acme-tms.authentication.eu10.hana.ondemand.com`. */
  readonly uaaUrl: string;
  /** Client by which the service itself reads the destinations of the subaccount. */
  readonly destinationClient: { readonly clientId: string; readonly clientSecret: string };
}

interface ServiceKey extends Row {
  readonly clientId: string;
}

export interface TransportNode extends Row {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly forwardMode: ForwardMode;
  readonly uploadAllowed: boolean;
  /** Name of the destination for MTAs; absent = a virtual node, which deploys nothing. */
  readonly destination?: string;
}

export interface TransportRoute extends Row {
  readonly id: number;
  readonly name: string;
  readonly source: number;
  /** A node is the target of one route at most. */
  readonly target: number;
}

export interface TransportFile extends Row {
  readonly id: number;
  readonly name: string;
  /** Base64. */
  readonly content: string;
}

export interface RequestEntry {
  readonly id: number;
  readonly storageType: 'FILE' | 'REFERENCE';
  readonly contentType: ContentType;
  /** Id of the file, or what an application calls its content. */
  readonly uri: string;
}

/** What is transported; it stands in the queues of many nodes. */
export interface TransportRequest extends Row {
  readonly id: number;
  readonly description: string;
  /** Name of the node where it came in. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly namedUser: string;
  readonly entries: readonly RequestEntry[];
}

export interface QueueEntry extends Row {
  readonly id: number;
  readonly node: number;
  readonly request: number;
  readonly status: RequestStatus;
  /** Counts from 1 within the node's queue. */
  readonly position: number;
  readonly queuedAt: number;
}

export interface LogMessage {
  readonly id: number;
  readonly messageId: string;
  readonly severity: 'F' | 'E' | 'W' | 'I';
  readonly message: string;
  readonly createdAt: number;
}

/** An entry of a request as one action treats it. */
export interface ActionEntity {
  readonly id: number;
  readonly uri: string;
  readonly fileName: string;
  readonly status: ActionStatus;
  readonly messages: readonly LogMessage[];
  /** Process of the deploy service, once it runs. */
  readonly process?: string;
}

export interface ActionRequest {
  readonly id: number;
  readonly status: ActionStatus;
  readonly messages: readonly LogMessage[];
  readonly entities: readonly ActionEntity[];
}

export interface TransportAction extends Row {
  readonly id: number;
  readonly type: ActionType;
  readonly node: number;
  readonly nodeName: string;
  readonly status: ActionStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly triggeredBy: string;
  readonly namedUser: string;
  /** Of an import: whether its requests were chosen. */
  readonly selected?: boolean;
  readonly requests: readonly ActionRequest[];
}

export interface ExtensionDescriptor extends Row {
  readonly id: number;
  readonly node: number;
  readonly description: string;
  readonly mtaId: string;
  readonly mtaExtId: string;
  /** A version, or `*` for all. */
  readonly mtaVersion: string;
  readonly fileName: string;
  /** YAML. */
  readonly content: string;
  readonly lastChangedAt: number;
}

export interface TransportStore {
  readonly subscriptions: Collection<Subscription>;
  readonly keys: Collection<ServiceKey>;
  readonly nodes: Collection<TransportNode>;
  readonly routes: Collection<TransportRoute>;
  readonly files: Collection<TransportFile>;
  readonly requests: Collection<TransportRequest>;
  readonly queue: Collection<QueueEntry>;
  readonly actions: Collection<TransportAction>;
  readonly descriptors: Collection<ExtensionDescriptor>;
  /** A number that was never given before; all kinds of things share the sequence. */
  nextId(): number;
}

export function createTransportStore(ctx: Pick<EmulatorContext, 'state'>): TransportStore {
  const { state } = ctx;
  const counters = state.collection<number>('ctms/counters');
  const zone = (row: Row) => row.zone;
  const node = (row: { readonly node: number }) => String(row.node);
  return {
    subscriptions: state.collection<Subscription>('ctms/subscriptions'),
    keys: state.collection<ServiceKey>('ctms/service-keys'),
    nodes: state.collection<TransportNode>('ctms/nodes', { zone }),
    routes: state.collection<TransportRoute>('ctms/routes', { zone, source: (route) => String(route.source) }),
    files: state.collection<TransportFile>('ctms/files', { zone }),
    requests: state.collection<TransportRequest>('ctms/requests', { zone }),
    queue: state.collection<QueueEntry>('ctms/queue', { node, request: (entry) => String(entry.request) }),
    actions: state.collection<TransportAction>('ctms/actions', { status: (action) => action.status }),
    descriptors: state.collection<ExtensionDescriptor>('ctms/mta-extension-descriptors', { node }),
    nextId() {
      const id = (counters.get('id') ?? 0) + 1;
      counters.set('id', id);
      return id;
    },
  };
}

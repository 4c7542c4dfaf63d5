import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Caller } from './caller.ts';
import type { ActionRequest, LogMessage, TransportAction, TransportNode, TransportStore } from './store.ts';

/** What the semantics work with. */
export interface Parts {
  readonly ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'id' | 'sleep'>;
  readonly store: TransportStore;
}

/** Records an action; one that was done at once is over when it is recorded. */
export function recordAction(
  { ctx, store }: Parts,
  caller: Pick<Caller, 'zone' | 'subject'>,
  action: Pick<TransportAction, 'type' | 'requests' | 'selected'> & {
    readonly node: Pick<TransportNode, 'id' | 'name'> | undefined;
    readonly namedUser: string | undefined;
    readonly status?: TransportAction['status'];
  },
): TransportAction {
  const { node, namedUser, status = 'succeeded', ...rest } = action;
  const recorded: TransportAction = {
    ...rest,
    id: store.nextId(),
    zone: caller.zone,
    node: node?.id ?? 0,
    nodeName: node?.name ?? '',
    status,
    startedAt: ctx.now(),
    ...(status === 'running' ? {} : { endedAt: ctx.now() }),
    triggeredBy: caller.subject,
    // Without a name the authenticated user is shown (swagger 2.2.1).
    namedUser: namedUser ?? caller.subject,
  };
  store.actions.set(String(recorded.id), recorded);
  return recorded;
}

/** Requests of an action that was done at once. */
export function doneWith(ids: readonly number[]): readonly ActionRequest[] {
  return ids.map((id) => ({ id, status: 'succeeded', messages: [], entities: [] }));
}

export function logMessage(
  { ctx, store }: Parts,
  severity: LogMessage['severity'],
  message: string,
  messageId = ' ',
): LogMessage {
  return { id: store.nextId(), messageId, severity, message, createdAt: ctx.now() };
}

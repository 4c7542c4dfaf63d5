import type { Acting, Shape } from '../acting.ts';
import { time } from '../acting.ts';
import { doneAt } from '../jobs.ts';
import type { LastOperation } from '../rows/services.ts';

/** An operation that a broker takes its time for, when jobs take time; brokers describe instances with an empty text (recorded). */
export function startedOperation(
  acting: Pick<Acting, 'ctx'>,
  type: string,
  description: string | null = null,
): LastOperation {
  return { type, state: 'succeeded', description, startedAt: acting.ctx.now(), doneAt: doneAt(acting) };
}

/** An operation that needs no broker. */
export function doneOperation({ ctx }: Pick<Acting, 'ctx'>, type: string, description: string | null): LastOperation {
  return { type, state: 'succeeded', description, startedAt: ctx.now(), doneAt: ctx.now() };
}

export function inProgress({ ctx }: Pick<Acting, 'ctx'>, operation: LastOperation): boolean {
  return ctx.now() < operation.doneAt;
}

export function operationView(acting: Acting, operation: LastOperation): Shape {
  const busy = inProgress(acting, operation);
  return {
    type: operation.type,
    state: busy ? 'in progress' : operation.state,
    description: operation.description,
    updated_at: time(busy ? operation.startedAt : operation.doneAt),
    created_at: time(operation.startedAt),
  };
}

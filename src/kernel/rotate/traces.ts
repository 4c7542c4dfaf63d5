import { isNews } from '../errors.ts';
import { unreadOf } from '../observe/discover.ts';
import type { SystemDefinition } from '../system.ts';
import type { SystemContext } from '../system-context.ts';
import type { Evidence, TraceQuestion } from './evidence.ts';

/** Traces older than this say nothing about failed logins of now: a lock lasts an hour, and most stale programs run daily. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** Asks every log that a system has. */
export async function gather(
  systems: readonly SystemDefinition[],
  question: Omit<TraceQuestion, 'since'>,
  ctx: SystemContext,
): Promise<Evidence> {
  const since = ctx.now() - LOOK_BACK_MS;
  const looks = await Promise.all(
    systems.map(async ({ id, traces }): Promise<Evidence> => {
      try {
        return (await traces?.({ ...question, since }, ctx)) ?? { traces: [], unread: [] };
      } catch (error) {
        if (!isNews(error)) throw error;
        return { traces: [], unread: [unreadOf(`the log of ${id}`, error)] };
      }
    }),
  );
  return { traces: looks.flatMap((look) => look.traces), unread: looks.flatMap((look) => look.unread) };
}

import type { Trace } from './evidence.ts';
import type { Job } from './job.ts';

/** More names than a reader can follow help nobody. */
const MOST = 6;

interface Suspect {
  readonly who: string;
  readonly because: string;
}

/**
 * Who may be using another secret, the likeliest first, each with its reason: whose logins a log shows refused, who set another
 * one, whom Locum does not supply, who holds the one that was left, who was never proven, what was started just now. A log that
 * can't be read is told: what it would say is unknown. One line each.
 */
export async function suspects(job: Job): Promise<string> {
  const { traces, unread } = await job.evidence();
  const unknown = unread.map(
    ({ where, because, remedy }) => `${where} can't be read: ${because}${remedy === undefined ? '' : `; ${remedy}`}`,
  );
  return [...named(suspectsOf(job, traces)), ...unknown.map((log) => `not known: ${log}`)].join('\n');
}

/** Pure. */
function suspectsOf({ places, credential, doubtful = [] }: Job, traces: readonly Trace[]): readonly Suspect[] {
  const of = (kind: Trace['kind']) =>
    traces.filter((trace) => trace.kind === kind).toSorted((a, b) => b.at - a.at || (a.who < b.who ? -1 : 1));
  const foreign = places.filter(({ consumer }) => !consumer.ours);
  const behind = places.filter(({ consumer }) => consumer.ours && consumer.holds !== credential.vaultName);
  return [
    ...of('refused'),
    ...of('changed'),
    ...foreign.map(({ consumer }) => ({ who: consumer.title, because: 'uses it, and Locum does not supply it' })),
    ...behind.map(({ consumer }) => ({ who: consumer.title, because: 'does not hold this one' })),
    ...doubtful.map((who) => ({ who, because: 'was never proven with the present one' })),
    ...of('touched'),
  ];
}

function named(all: readonly Suspect[]): readonly string[] {
  const first = new Map(all.toReversed().map((suspect) => [suspect.who, suspect]));
  const unique = all.filter((suspect) => first.get(suspect.who) === suspect);
  if (unique.length === 0) return ['likely: none of the consumers that Locum sees'];
  const shown = unique.slice(0, MOST).map(({ who, because }) => `likely: ${who} (${because})`);
  return unique.length > MOST ? [...shown, `and ${unique.length - MOST} more`] : shown;
}

import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { badRequest, noCategories } from './errors.ts';
import type { AuditRecord, AuditStore } from './store.ts';

/** Records on one page (btp:30ece35). */
const PAGE = 500;

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_DAYS = 30;
const RETENTION_DAYS = 90;

/** Most that is kept, the oldest going first: a landscape for tests need not remember every logon. */
const MOST_RECORDS = 50_000;

const CATEGORIES: ReadonlySet<string> = new Set([
  'audit.security-events',
  'audit.configuration',
  'audit.data-access',
  'audit.data-modification',
]);

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** For the next page, if there is one. */
  readonly handle?: string;
}

/** The newest records come first (assumed: the handle of the documentation's example goes back in time). */
export function findRecords(
  ctx: Pick<EmulatorContext, 'now'>,
  store: AuditStore,
  tenant: string,
  query: URLSearchParams,
): AuditPage {
  const categories = categoriesOf(query);
  if (categories && store.customRetention.get(tenant)) throw noCategories();
  const after = handleOf(query.get('handle'));
  const to = after?.time ?? timeOf(query, 'time_to') ?? ctx.now();
  const from = after?.from ?? timeOf(query, 'time_from') ?? to - DEFAULT_SPAN_DAYS * DAY_MS;
  if (from > to) throw badRequest('time_from is after time_to.');
  const found = store.records
    .by('tenant', tenant)
    .filter(({ time, category }) => time >= from && time <= to && (categories?.has(category) ?? true))
    .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1));
  const start = after
    ? found.findIndex((one) => one.time < after.time || (one.time === after.time && one.id > after.id))
    : 0;
  const rest = start < 0 ? [] : found.slice(start);
  const records = rest.slice(0, PAGE);
  const last = records.at(-1);
  if (!last || rest.length <= PAGE) return { records };
  return { records, handle: [stamp(last.time), last.id, stamp(from)].join('<') };
}

function categoriesOf(query: URLSearchParams): ReadonlySet<string> | undefined {
  const text = query.get('category');
  if (text === null || text === '') return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !CATEGORIES.has(name));
  if (unknown !== undefined) throw badRequest(`Unknown category '${unknown.slice(0, 100)}'.`);
  return new Set(names);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/** `2018-05-11T10:42:00`, in UTC. */
function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const time = TIME.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${name} is not a time of the form YYYY-MM-DDTHH:MM:SS.`);
  return time;
}

/** `<time of the last record><its id><beginning of the time frame>`, with `<` between them as in the documentation. */
function handleOf(handle: string | null): { time: number; id: string; from: number } | undefined {
  if (handle === null || handle === '') return undefined;
  const [at = '', id = '', since = '', ...more] = handle.split('<');
  const [time, from] = [Date.parse(`${at}Z`), Date.parse(`${since}Z`)];
  if (more.length > 0 || Number.isNaN(time) || Number.isNaN(from)) throw badRequest('The handle is not valid.');
  return { time, id, from };
}

function stamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '');
}

/** Forgets what is older than the retention period, or too much. */
export function forgetOld(ctx: Pick<EmulatorContext, 'now'>, store: AuditStore): void {
  const until = ctx.now() - RETENTION_DAYS * DAY_MS;
  for (const { id, zone, time } of [...store.records.values()]) {
    // How long a custom period is nobody says here; it is longer.
    if (time < until && !store.customRetention.get(zone)) store.records.delete(id);
  }
  for (const key of [...store.records.keys()].slice(0, Math.max(0, store.records.size - MOST_RECORDS))) {
    store.records.delete(key);
  }
}

import { withNames } from '../scenarios/names.ts';
import type { Answer, Normal } from '../scenarios/step.ts';

const HEADERS = ['content-type', 'cache-control', 'location', 'retry-after'];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?<namespace>\.\w{6}\b)?/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const NEVER = '0001-01-01T00:00:00Z';

/** Values that are different each time, or of one server alone, by key. */
const OWN: Readonly<Record<string, string>> = {
  accessor: '<accessor>',
  client_token: '<token>',
  creation_time: '<s>',
  version: '<version>',
  commit_date: '<date>',
  cluster_name: '<cluster>',
  storage_type: '<storage>',
};

/** An answer without what differs each time: ids, times, tokens. What was kept has its name. */
export const answerOf: Normal = (response, text, names): Answer => {
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers, body: normal(body, (one) => withNames(one, names)) ?? '' };
};

function normal(value: unknown, named: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') {
    const text = named(value);
    if (text === NEVER || text.startsWith('{')) return text;
    return key !== '' && text !== '' && OWN[key] !== undefined
      ? OWN[key]
      : text
          .replace(UUID, (_all, namespace?: string) => (namespace === undefined ? '<uuid>' : '<uuid>.<namespace>'))
          .replace(TIME, '<time>');
  }
  if (typeof value === 'number' && key === 'creation_time') return '<s>';
  if (typeof value === 'number' && key === 'ttl') return Math.ceil(value / 5) * 5;
  if (Array.isArray(value)) return value.map((one: unknown) => normal(one, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, normal(one, named, name)]));
}

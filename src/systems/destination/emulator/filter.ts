import { badRequest } from './errors.ts';
import type { DestinationRecord } from './store.ts';

/** What `$filter` of a list lets through. */
export type Filter = (record: DestinationRecord, now: number) => boolean;

const MINUTE = 60_000;

/** The four conditions of `$filter` (OpenAPI 1.0.0, parameter `destinations_getAll_filter`). */
export function parseFilter(text: string): Filter {
  const names = parseNames(text);
  if (names) return (record) => names.includes(record.name);

  // The quote inside a prefix or suffix is doubled; nothing else is escaped.
  const affix = /^(startswith|endswith)\(\s*Name\s*,\s*'((?:[^']|'')*)'\s*\)$/i.exec(text.trim());
  if (affix) {
    const part = (affix[2] ?? '').replaceAll("''", "'");
    return affix[1]?.toLowerCase() === 'startswith'
      ? (record) => record.name.startsWith(part)
      : (record) => record.name.endsWith(part);
  }

  const within = /^modifiedwithin\(\s*'(\d+)'\s*,\s*'minutes'\s*\)$/i.exec(text.trim());
  if (within) {
    const minutes = Number(within[1]);
    if (minutes < 1 || minutes > 1440) throw badRequest('Invalid value for modifiedwithin');
    return (record, now) => record.modifiedAt >= now - minutes * MINUTE;
  }
  throw badRequest('Invalid filter expression');
}

/** `Name in ('a','b')`: each name percent-encoded inside its quotes. Undefined when it is another condition. */
export function parseNames(text: string): readonly string[] | undefined {
  const list = /^Name\s+in\s*\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)$/i.exec(text.trim())?.[1];
  return list?.match(/'[^']*'/g)?.map((quoted) => {
    try {
      return decodeURIComponent(quoted.slice(1, -1));
    } catch {
      throw badRequest('Invalid filter expression');
    }
  });
}

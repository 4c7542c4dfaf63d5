import { badRequest } from './errors.ts';
import type { Label, Versioned } from './store.ts';

/** What `$filter` of a list lets through. */
export type Filter = (record: Versioned, labels: readonly Label[], now: number) => boolean;

const MINUTE = 60_000;

/** The conditions of `$filter` on destinations (OpenAPI 1.0.0, parameter `destinations_getAll_filter`), and those on labels. */
export function parseFilter(text: string): Filter {
  const simple = parseSimpleFilter(text);
  if (simple) return simple;

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
    return (record, _labels, now) => record.modifiedAt >= now - minutes * MINUTE;
  }
  throw badRequest('Invalid filter expression');
}

/** Those of fragments and certificates: `Name in` (OpenAPI 1.0.0, `certificates_getAll_filter`) and labels. */
export function parseNarrowFilter(text: string): Filter {
  const simple = parseSimpleFilter(text);
  if (!simple) throw badRequest('Invalid filter expression');
  return simple;
}

function parseSimpleFilter(text: string): Filter | undefined {
  const names = parseNames(text);
  if (names) return (record) => names.includes(record.name);
  const wanted = parseLabels(text);
  return (
    wanted &&
    ((_record, labels) =>
      wanted.every(({ key, values }) =>
        labels.some((label) => label.key === key && label.values.some((value) => values.includes(value))),
      ))
  );
}

/** `Name in ('a','b')`: each name percent-encoded inside its quotes. Undefined when it is another condition. */
export function parseNames(text: string): readonly string[] | undefined {
  const list = /^Name\s+in\s*\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)$/i.exec(text.trim())?.[1];
  return list === undefined ? undefined : quotedIn(list);
}

const LABEL_CLAUSE = /^Label\[\s*('[^']*')\s*\]\s+HAS\s*\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)$/i;

/** `Label['k'] HAS ('a', 'b') AND …`, encoded as names are (SAP Cloud SDK for Python, `_params.py`); one value is enough. */
function parseLabels(text: string): readonly Label[] | undefined {
  if (!/^Label\[/i.test(text.trim())) return;
  return text.split(/\s+AND\s+(?=Label\[)/i).map((clause) => {
    const [, key, values] = LABEL_CLAUSE.exec(clause.trim()) ?? [];
    if (key === undefined || values === undefined) throw badRequest('Invalid filter expression');
    return { key: quotedIn(key)[0] ?? '', values: quotedIn(values) };
  });
}

function quotedIn(list: string): readonly string[] {
  return [...list.matchAll(/'([^']*)'/g)].map(([, quoted = '']) => {
    try {
      return decodeURIComponent(quoted);
    } catch {
      throw badRequest('Invalid filter expression');
    }
  });
}

/** Puts names for the values that they stand for. The longest first: one may be part of another. */
export function withNames(text: string, names: ReadonlyMap<string, string>): string {
  let done = text;
  for (const [name, value] of [...names].sort(([, a], [, b]) => b.length - a.length)) {
    if (value.length < 8) continue;
    for (const form of new Set([value, encodeURIComponent(value)])) done = done.replaceAll(form, `{${name}}`);
  }
  return done;
}

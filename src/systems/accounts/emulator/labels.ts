type Labels = Readonly<Record<string, readonly string[]>>;

/**
 * Conditions of a `labelsFilter` such as `stage=dev,team!=a%20b`; undefined when it is malformed (recording
 * list_resource_subaccount_bad_request: a bare word is refused).
 */
export function labelConditions(filter: string | undefined): readonly ((labels: Labels) => boolean)[] | undefined {
  if (filter === undefined || filter === '') return [];
  const conditions: ((labels: Labels) => boolean)[] = [];
  for (const part of filter.split(',')) {
    const match = /^([^=!]+)(=|!=)(.*)$/.exec(part.trim());
    if (!match) return undefined;
    const [key, value] = [decodeURIComponent(match[1] ?? ''), decodeURIComponent(match[3] ?? '')];
    const equals = match[2] === '=';
    conditions.push((labels) => (labels[key] ?? []).includes(value) === equals);
  }
  return conditions;
}

import { keyComplaint, valueComplaint } from './metadata.ts';

type Labels = Readonly<Record<string, string>>;

/** A parsed `label_selector`: the labels that it takes, or what is wrong with it. */
export type LabelSelector =
  | { readonly matches: (labels: Labels) => boolean; readonly complaints?: never }
  | { readonly complaints: readonly string[] };

interface Requirement {
  readonly key: string;
  readonly values: readonly string[];
  readonly holds: (value: string | undefined) => boolean;
}

const MOST = 50;
const KEY = '[\\w\\-._/]+';

// The forms in the order in which they are tried (cloud_controller_ng, MetadataHelpers).
const FORMS: readonly (readonly [RegExp, (values: readonly string[]) => Requirement['holds']])[] = [
  [/^(.*?) in \((.*)\)$/, (values) => (value) => value !== undefined && values.includes(value)],
  // A label that is not there is not in the list either.
  [/^(.*?) notin \((.*)\)$/, (values) => (value) => value === undefined || !values.includes(value)],
  [new RegExp(`^(${KEY})==?(.*)$`), (values) => (value) => value !== undefined && values.includes(value)],
  [new RegExp(`^(${KEY})!=(.*)$`), (values) => (value) => value === undefined || !values.includes(value)],
  [new RegExp(`^(${KEY})$`), () => (value) => value !== undefined],
  [new RegExp(`^!(${KEY})$`), () => (value) => value === undefined],
];

/** Parses a label selector; several requirements all have to hold. */
export function parseLabelSelector(text: string): LabelSelector {
  const parts = text.match(/(?:\(.*?\)|[^,])+/g) ?? [];
  if (parts.length === 0) return { complaints: ['Missing label_selector value'] };
  if (parts.length > MOST) return { complaints: [`Too many label_selector requirements (maximum is ${MOST})`] };
  const requirements = parts.map(requirementOf);
  const complaints = requirements.flatMap((requirement) => complaintOf(requirement) ?? []);
  if (complaints.length > 0) return { complaints };
  const known = requirements.filter((requirement) => requirement !== undefined);
  return { matches: (labels) => known.every(({ key, holds }) => holds(labels[key])) };
}

function requirementOf(text: string): Requirement | undefined {
  for (const [form, holds] of FORMS) {
    const match = form.exec(text);
    if (!match) continue;
    // As Ruby splits: no spaces are taken away, and what is empty at the end is nothing.
    const values = (match[2] ?? '')
      .replace(/,+$/, '')
      .split(',')
      .filter((value, at) => value !== '' || at > 0);
    return { key: match[1] ?? '', values, holds: holds(values) };
  }
  return undefined;
}

function complaintOf(requirement: Requirement | undefined): string | undefined {
  if (!requirement) return 'Invalid label_selector value';
  return keyComplaint(requirement.key) ?? requirement.values.map(valueComplaint).find((found) => found !== undefined);
}

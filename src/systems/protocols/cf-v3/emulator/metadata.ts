import { unprocessable } from './errors.ts';

/** Labels and annotations as they are kept. */
export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const NO_METADATA: Metadata = { labels: {}, annotations: {} };

const LONGEST = 63;
const LONGEST_PREFIX = 253;
const LONGEST_ANNOTATION = 5000;
const DNS = /^(([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])\.)+([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])$/i;

/** What is wrong with the key of a label, if anything (cloud_controller_ng, MetadataValidatorHelper). */
export function keyComplaint(key: string): string | undefined {
  if (key.trim() === '') return 'key cannot be empty string';
  const [prefix, name, ...more] = key.includes('/') ? key.split('/') : [undefined, key];
  if (more.length > 0) return "key has more than one '/'";
  if (prefix !== undefined) {
    if (!DNS.test(prefix)) return `prefix '${prefix}' must be in valid dns format`;
    if (prefix.length > LONGEST_PREFIX) {
      return `prefix '${prefix.slice(0, 8)}...' is greater than ${LONGEST_PREFIX} characters`;
    }
    if (prefix.toLowerCase() === 'cloudfoundry.org') return "prefix 'cloudfoundry.org' is reserved";
  }
  return name === undefined || name === '' ? 'key cannot be empty string' : textComplaint(name);
}

/** What is wrong with the value of a label, if anything. */
export function valueComplaint(value: string | null): string | undefined {
  return value === null || value === '' ? undefined : textComplaint(value);
}

function textComplaint(text: string): string | undefined {
  if (/[^\w\-.]/.test(text)) return `'${text}' contains invalid characters`;
  if (!/^[a-zA-Z\d]/.test(text) || !/[a-zA-Z\d]$/.test(text)) return `'${text}' starts or ends with invalid characters`;
  return text.length > LONGEST ? `'${text.slice(0, 8)}...' is greater than ${LONGEST} characters` : undefined;
}

/**
 * Validates `metadata` of a body and puts it over what is there; null removes a key (cloud_controller_ng, MetadataValidator).
 * @throws ApiError 422 with all complaints
 */
export function metadataOf(sent: unknown, before: Metadata = NO_METADATA): Metadata {
  if (sent === undefined) return before;
  if (!isObject(sent)) throw unprocessable('Metadata must be an object');
  const complaints: string[] = [];
  const strange = Object.keys(sent).filter((key) => key !== 'labels' && key !== 'annotations');
  if (strange.length > 0) complaints.push(`has unexpected field(s): ${strange.map((key) => `'${key}'`).join(' ')}`);
  const labels = entriesOf(sent.labels, 'labels', complaints);
  for (const [key, value] of labels) {
    const [badKey, badValue] = [keyComplaint(key), valueComplaint(value)];
    if (badKey !== undefined) complaints.push(`label key error: ${badKey}`);
    if (badValue !== undefined) complaints.push(`label value error: ${badValue}`);
  }
  const annotations = entriesOf(sent.annotations, 'annotations', complaints);
  for (const [key, value] of annotations) {
    const badKey = value === null || value === '' ? undefined : keyComplaint(key);
    if (badKey !== undefined) complaints.push(`annotation key error: ${badKey}`);
    if ((value?.length ?? 0) > LONGEST_ANNOTATION) {
      complaints.push(`annotation value error: '${value?.slice(0, 8)}...' is greater than 5000 characters`);
    }
  }
  if (complaints.length > 0) throw unprocessable(complaints.map((complaint) => `Metadata ${complaint}`).join(', '));
  return { labels: over(before.labels, labels), annotations: over(before.annotations, annotations) };
}

function entriesOf(sent: unknown, name: string, complaints: string[]): readonly (readonly [string, string | null])[] {
  if (sent === undefined || sent === null) return [];
  if (!isObject(sent)) {
    complaints.push(`'${name}' is not an object`);
    return [];
  }
  return Object.entries(sent).map(([key, value]) => [key, value === null ? null : String(value)]);
}

function over(
  before: Readonly<Record<string, string>>,
  changes: readonly (readonly [string, string | null])[],
): Readonly<Record<string, string>> {
  const kept = new Map(Object.entries(before));
  for (const [key, value] of changes) {
    if (value === null) kept.delete(key);
    else kept.set(key, value);
  }
  return Object.fromEntries(kept);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { z } from 'zod';
import { parseError, unprocessable } from './errors.ts';
import { atLeast, atMost, ifThere, isFlag, isObject, isText, optional, presence, ruled } from './rules.ts';

/** A name that has to be there. */
export function text(options: { readonly max?: number } = {}) {
  const { max = 255 } = options;
  return ruled<string>(presence, ifThere(isText), atMost(max));
}

/** A name that may be absent, but not empty. */
export function changedText(options: { readonly max?: number } = {}) {
  const { max = 255 } = options;
  return optional<string>(isText, atLeast(1), atMost(max));
}

export const flag = optional<boolean>(isFlag);
export const required = ruled<boolean>(isFlag);
/** An object of any content. */
export const object = z.record(z.string(), z.unknown(), { error: 'must be an object' });
export const optionalObject = optional<Readonly<Record<string, unknown>>>(isObject);

/** Validated by `metadataOf`, which has texts of its own. */
export const metadata = z.unknown().optional();

/**
 * @param first what is decided before the body is looked at: who may not call is not told what is wrong with it
 * @throws ApiError 400 for what is not JSON, 422 with all complaints.
 */
export function parseBody<T extends z.ZodType>(body: string, schema: T, first?: () => unknown): z.infer<T> {
  let sent: unknown;
  try {
    sent = body.trim() === '' ? {} : JSON.parse(body);
  } catch {
    throw parseError();
  }
  first?.();
  const result = schema.safeParse(typeof sent === 'object' && !Array.isArray(sent) ? (sent ?? {}) : {});
  if (result.success) return result.data;
  // What is unknown in the body is told first.
  const { issues } = result.error;
  const [strange, others] = [issues.filter(isAboutTheWhole), issues.filter((issue) => !isAboutTheWhole(issue))];
  throw unprocessable([...new Set([...strange, ...others].map(complaintOf))].join(', '));
}

function isAboutTheWhole(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0;
}

/**
 * A complaint as Rails words it: the attribute as the beginning of a sentence (ActiveModel, `full_messages`). Rules that have
 * `whole` among their `params` give the whole sentence.
 */
function complaintOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.filter((part) => typeof part === 'string');
  const [first, second] = path;
  if (issue.code === 'unrecognized_keys') {
    const unknown = `Unknown field(s): ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    return first === undefined ? unknown : `${sentence(first)} ${unknown}`;
  }
  if (issue.code === 'custom' && issue.params?.whole) return issue.message;
  if (first === undefined || issue.message.startsWith(`${sentence(first)}[`)) return issue.message;
  if (first === 'relationships') {
    return `Relationships ${second === undefined ? '' : `${sentence(relatedName(second, path.at(-1)))} `}${issue.message}`;
  }
  if (second !== undefined && COMPOUND.test(first)) return `${sentence(`${first}_${path.at(-1)}`)} ${issue.message}`;
  return second === undefined || /^(data|lifecycle)$/.test(first)
    ? `${sentence(first)} ${issue.message}`
    : `${sentence(first)} ${sentence(second)} ${issue.message}`;
}

/** Attributes whose parts are attributes of the body: `health_check_timeout`, `package_guid`. */
const COMPOUND = /^(health_check|readiness_health_check|package)$/;

/** `space_guid` of a relationship to a space; `organization_guids` of one to `shared_organizations`, whose plural is taken off. */
function relatedName(name: string, part: string | undefined): string {
  if (part === 'guid') return `${name}_guid`;
  return part === 'guids' ? `${name.replace(/s$/, '')}_guids` : name;
}

/** `service_plan` → `Service plan`. */
export function sentence(attribute: string): string {
  const words = attribute.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

import { z } from 'zod';
import type { Collection } from '../../emulation/state.ts';

/** Longest delay in milliseconds: longer than any client waits. */
const LONGEST_DELAY = 600_000;

const pattern = z.string().min(1).max(500);

/** Whether the service sees the request: not if it is struck before, and does what was asked if it is struck after. */
const when = z.enum(['before', 'after']);

/** What befalls a request that a rule strikes. */
const faultEffect = z.discriminatedUnion('kind', [
  /** Answered in the service's place, as a gateway would. */
  z
    .strictObject({
      kind: z.literal('answer'),
      when: when.default('before'),
      status: z.int().min(200).max(599),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.string().optional(),
    })
    .refine(canBeAnswered, 'no such answer can be sent: a header is malformed, or the status has no body'),
  /** Reaches the service after so many milliseconds of the landscape's clock. */
  z.strictObject({ kind: z.literal('delay'), ms: z.int().min(1).max(LONGEST_DELAY) }),
  /** The connection breaks: by default when the service has done what was asked, so that only the reply is lost. */
  z.strictObject({ kind: z.literal('drop'), when: when.default('after') }),
  /** The service's reply comes with a body that is cut in the middle, or with this one. */
  z.strictObject({ kind: z.literal('malformed'), body: z.string().optional() }),
  /** The connection is refused; the service never sees the request. */
  z.strictObject({ kind: z.literal('refuse') }),
]);

/** Which requests are struck, and by what. `*` in a pattern stands for any characters. */
export const faultRule = z.strictObject({
  /** Pattern of the production host. @default '*' */
  host: pattern.default('*'),
  /** Pattern of the path, without the query. @default '*' */
  path: pattern.default('*'),
  /** Absent = every method. */
  method: z
    .string()
    .regex(/^[A-Za-z]+$/)
    .transform((method) => method.toUpperCase())
    .optional(),
  /** The first matching request that is struck; the ones before it pass. @default 1 */
  nth: z.int().min(1).default(1),
  /** How many requests are struck. Absent = all until the rule is removed. */
  times: z.int().min(1).optional(),
  effect: faultEffect,
});

/** Which requests are struck, how often, and with what. */
export type FaultRule = z.output<typeof faultRule>;
/** The same as it is handed in: what is left out has its default. */
export type FaultRuleInput = z.input<typeof faultRule>;
/** What becomes of a request that is struck. */
export type FaultEffect = FaultRule['effect'];

/** A rule with what came of it so far. */
export interface Fault {
  readonly id: string;
  readonly rule: FaultRule;
  /** Requests that matched. */
  readonly seen: number;
  /** Requests that were struck. */
  readonly struck: number;
}

/** What the rules do to one request; `effect` is what the first striking rule that is no delay says. */
export interface Strike {
  readonly ids: readonly string[];
  readonly delayMs: number;
  readonly effect: Exclude<FaultEffect, { kind: 'delay' }> | undefined;
}

/** Counts a request against the rules. */
export function strike(
  faults: Collection<Fault>,
  request: { readonly host: string; readonly path: string; readonly method: string },
): Strike | undefined {
  const ids: string[] = [];
  let delayMs = 0;
  let effect: Strike['effect'];
  for (const fault of [...faults.values()]) {
    const { rule } = fault;
    if (!matches(rule, request)) continue;
    const seen = fault.seen + 1;
    const hit = strikes(fault, seen);
    faults.set(fault.id, { ...fault, seen, struck: fault.struck + (hit ? 1 : 0) });
    if (!hit) continue;
    ids.push(fault.id);
    if (rule.effect.kind === 'delay') delayMs += rule.effect.ms;
    else effect ??= rule.effect;
  }
  return ids.length > 0 ? { ids, delayMs, effect } : undefined;
}

/**
 * Whether a connection to a host is refused before any request is sent, as far as rules for the whole host say. A
 * connection counts only when it is refused: otherwise the requests that come through it do.
 */
export function strikeConnection(faults: Collection<Fault>, host: string): Strike | undefined {
  for (const fault of [...faults.values()]) {
    const { rule } = fault;
    if (rule.effect.kind !== 'refuse' || rule.path !== '*' || rule.method !== undefined) continue;
    if (!globMatches(rule.host.toLowerCase(), host)) continue;
    const seen = fault.seen + 1;
    if (!strikes(fault, seen)) continue;
    faults.set(fault.id, { ...fault, seen, struck: fault.struck + 1 });
    return { ids: [fault.id], delayMs: 0, effect: rule.effect };
  }
  return undefined;
}

/** The answer that a rule gives in a service's place. */
export function answerOf({ status, headers, body }: Extract<FaultEffect, { kind: 'answer' }>): Response {
  return new Response(body ?? null, { status, ...(headers ? { headers } : {}) });
}

/** The service's reply with a body that its media type does not promise. A reply that can have no body stays as it is. */
export async function malform(response: Response, body: string | undefined): Promise<Response> {
  if ([204, 205, 304].includes(response.status)) return response;
  const whole = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const { status, statusText } = response;
  return new Response(body ?? whole.slice(0, Math.floor(whole.byteLength / 2)), { status, statusText, headers });
}

function canBeAnswered(effect: {
  readonly status: number;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: string | undefined;
}): boolean {
  try {
    return answerOf({ kind: 'answer', when: 'before', ...effect }).status === effect.status;
  } catch {
    return false;
  }
}

function strikes({ rule, struck }: Fault, seen: number): boolean {
  return seen >= rule.nth && (rule.times === undefined || struck < rule.times);
}

function matches(rule: FaultRule, request: { host: string; path: string; method: string }): boolean {
  return (
    (rule.method === undefined || rule.method === request.method) &&
    globMatches(rule.host.toLowerCase(), request.host) &&
    globMatches(rule.path, request.path)
  );
}

/** Without a regular expression: a pattern from outside must not be able to make one that never ends. */
function globMatches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return text === glob;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

import type { z } from 'zod';
import { type auditPage, keyValues, withMessage } from './wire.ts';

/** What somebody did at a tenant, as its audit log tells it. */
export interface AuditedAction {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly caller: string;
  readonly state: string;
  readonly cause?: string;
  readonly application?: string;
  readonly address?: string;
  /** Attributes that were changed, as the entry names them. */
  readonly changed?: string;
}

/** The sentence that SAP Help prints (ias:ac5537b); what stands in it may be quoted. */
const SENTENCE =
  /Caller `?([^`]{0,256}?)`? did action `?(\w{1,64})`? related to objectType `?([\w.]{1,64})`? with unique identifier `?([^`]{0,256}?)`?\. The result of this action is state `?(\w{1,64})`?(?: which is caused by cause `?(\w{1,64})`?)?(?: and the message is ([\s\S]{0,2000}))?/;

/** An entry is not longer; what follows is not read. */
const MOST_TEXT = 8_000;

/** More than a name or an address has. */
const MOST = 120;

/** Undefined: an entry of somebody else, since the log of an account holds those of all its services. */
export function actionOf(entry: z.infer<typeof auditPage>[number]): AuditedAction | undefined {
  const at = Date.parse(entry.time);
  const json = parsed(entry.message.data ?? '');
  const pairs = keyValues.safeParse(json);
  if (pairs.success) {
    const { additionalAttributes: more = {}, state, action, objectType, objectId, caller, cause } = pairs.data;
    const told = { at, state, action, objectType, objectId, caller, ...(cause === undefined ? {} : { cause }) };
    return { ...told, ...sourceOf(more, entry.message.ip ?? undefined) };
  }
  const text = withMessage.safeParse(json);
  const sentence = SENTENCE.exec((text.success ? text.data.message : (entry.message.data ?? '')).slice(0, MOST_TEXT));
  if (!sentence) return undefined;
  const [, caller = '', action = '', objectType = '', objectId = '', state = '', cause, message = ''] = sentence;
  const attributes = Object.fromEntries(
    [...message.matchAll(/(\w{1,64})=([^,;]{1,256})/g)].map(([, key, value]) => [key, value]),
  );
  const told = { at, state, action, objectType, objectId, caller, ...(cause === undefined ? {} : { cause }) };
  return { ...told, ...sourceOf(attributes, entry.message.ip ?? undefined) };
}

/** Assumed names first, what else looks like one second. */
function sourceOf(attributes: Readonly<Record<string, unknown>>, ip: string | undefined) {
  const find = (...names: readonly string[]) => {
    const found = names.map((name) => attributes[name]).find((value) => typeof value === 'string' && value !== '');
    return typeof found === 'string' ? found.trim().slice(0, MOST) : undefined;
  };
  const application = find('spName', 'serviceProvider', 'applicationName', 'clientId');
  const address = find('clientIp', 'ip', 'ipAddress') ?? (isOfService(ip) ? undefined : ip?.slice(0, MOST));
  const changed = find('attributes', 'attribute');
  return {
    ...(application === undefined ? {} : { application }),
    ...(address === undefined ? {} : { address }),
    ...(changed === undefined ? {} : { changed }),
  };
}

/** The envelope names the service that wrote the entry where it knows no caller. */
function isOfService(ip: string | undefined): boolean {
  return ip === undefined || ip === '' || ip.startsWith('127.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

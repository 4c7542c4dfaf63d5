import type { Emulators } from '../../../../emulation/compose.ts';
import type { Session } from './landscape.ts';

/** Who calls, named as in cloud_controller_ng; `nobody` has no token. */
export const CALLERS = [
  'admin',
  'admin_read_only',
  'global_auditor',
  'org_auditor',
  'org_billing_manager',
  'org_manager',
  'org_user',
  'space_auditor',
  'space_developer',
  'space_manager',
  'space_supporter',
  'no_role',
  'nobody',
] as const;

export type Caller = (typeof CALLERS)[number];

/** An org with a space, somebody with each role in them, and whatever a call is about. */
export interface Scene {
  readonly emulators: Emulators;
  /** The administrator who sets the scene. */
  readonly root: Session;
  as(caller: Caller): Session;
  /** Puts the things in braces into a text: `{org}` stays what it is, `{app}` is a new app each time. */
  fill(text: string): Promise<string>;
  /** A thing by its name. */
  thing(name: string): Promise<string>;
  /** A thing of which one is enough for the scene. */
  once(name: string, make: () => Promise<string>): Promise<string>;
  suspend(suspended: boolean): Promise<void>;
  /** Another org and space for everybody. */
  renew(): Promise<void>;
}

/** Calls and wants it to work; gives the GUID of what comes back, or an empty text. */
export async function made(session: Session, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await session.send(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return (answer.body as { guid?: string }).guid ?? '';
}

export async function grant(
  root: Session,
  type: string,
  user: string,
  place: { readonly organization: string } | { readonly space: string },
): Promise<string> {
  const [[kind, guid] = ['', '']] = Object.entries(place);
  const relationships = { user: { data: { guid: user } }, [kind]: { data: { guid } } };
  return await made(root, 'POST', '/v3/roles', { type, relationships });
}

let count = 0;

/** A number that nothing has yet. */
export function next(): number {
  count += 1;
  return count;
}

import type { Credential } from '../../kernel/rotate/credential.ts';
import type { PersonTask } from '../../kernel/rotate/person.ts';
import type { ClientProps } from './client-credential.ts';

/**
 * Secrets that a client may have: 2 of a system as administrator (ias bbbdbdd), 20 of an application (ias 5c3c35e). For technical
 * users SAP names no number; that it is that of applications is assumed.
 */
export const MOST_SECRETS = { system: 2, 'technical-user': 20 } as const;

/** Certificates of a client (ias c408083); for systems and technical users assumed. */
export const MOST_CERTIFICATES = 80;

/** What a person does at the administration console, for which SAP documents no API. */
export function consoleTask(
  { user, props }: Credential<ClientProps>,
  task: Pick<PersonTask, 'wants' | 'text'> & {
    /** Such as `make a new secret`. */
    readonly what: string;
    /** Below the page of the client. */
    readonly steps: readonly string[];
  },
): PersonTask {
  const { what, steps, ...rest } = task;
  const client = props.of === 'system' ? `system ${props.displayName}` : `technical user ${props.displayName}`;
  return {
    user,
    title: `${what} of ${client} at ${props.host}`,
    url: `https://${props.host}/admin`,
    steps: [...wayTo(props), ...steps],
    ...rest,
  };
}

/** Tiles and tabs as SAP Help names them (ias 14b36c2, 885320d; ias bbbdbdd). */
function wayTo({ of, displayName, clientId, host }: ClientProps): readonly string[] {
  const where = `"${displayName}" (client ID ${clientId})`;
  if (of === 'system') {
    return [
      `sign in at https://${host}/admin as an administrator with Manage Tenant Configuration`,
      `Users & Authorizations → Administrators → ${where}`,
    ];
  }
  return [
    `sign in at https://${host}/admin as somebody with the policy MANAGE_TECHNICAL_USERS`,
    `Users & Authorizations → Technical Users → ${where} → Configure Authentication`,
  ];
}

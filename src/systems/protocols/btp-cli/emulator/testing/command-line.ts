import type { Emulators } from '../../../../../emulation/compose.ts';
import { ACME } from './acme.ts';

export interface CommandAnswer {
  /** Status of the service behind the server. */
  readonly status: number;
  /** JSON where it is JSON, text where it is not; undefined when empty. */
  readonly body: unknown;
}

/** Sends commands as somebody of the acme landscape, who logs in first. */
export async function commandLine(landscape: Emulators, user: 'administrator' | 'robot') {
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    landscape.fetch(`https://cli.btp.cloud.sap${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  const robot = user === 'robot';
  const login = await post('/login/v2.106.1', {
    customIdp: robot ? 'acme-platform' : '',
    subdomain: ACME.globalAccount,
    userName: robot ? ACME.robotLogin : ACME.administrator,
    password: landscape.credentials.get(robot ? 'ROBOT_PASSWORD' : 'ADMIN_PASSWORD') ?? '',
  });
  const session = login.headers.get('x-cpcli-sessionid') ?? '';

  return async (command: string, params: Readonly<Record<string, unknown>>): Promise<CommandAnswer> => {
    const response = await post(
      `/command/v2.106.1/${command}`,
      { paramValues: params },
      { 'x-cpcli-sessionid': session, 'x-cpcli-subdomain': ACME.globalAccount },
    );
    const text = await response.text();
    return { status: Number(response.headers.get('x-cpcli-backend-status')), body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
}

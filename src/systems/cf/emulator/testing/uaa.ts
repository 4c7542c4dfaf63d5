import type { Emulators } from '../../../../emulation/compose.ts';
import { ORIGIN, passwordOf, postToken, ROBOT } from './landscape.ts';

export const hint = (origin: string) => JSON.stringify({ origin });
export const robotLogin = (emulators: Emulators, fields: Record<string, string> = {}) =>
  postToken(
    emulators,
    { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD'), ...fields },
    { hint: hint(ORIGIN) },
  );
export const rootLogin = (emulators: Emulators, password?: string) =>
  postToken(
    emulators,
    { grant_type: 'password', username: 'root', password: password ?? passwordOf(emulators, 'ROOT_PASSWORD') },
    { hint: hint('uaa') },
  );

export interface TokenBody {
  access_token: string;
  id_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  jti: string;
}
export const tokenOf = async (response: Response) => {
  if (response.status !== 200) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return (await response.json()) as TokenBody;
};
export const errorOf = async (response: Response) => [response.status, await response.json()];
export const unauthorized = (text: string) => [401, { error: 'unauthorized', error_description: text }];
export const invalidClient = (text: string) => [401, { error: 'invalid_client', error_description: text }];

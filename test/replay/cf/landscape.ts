import { decodeJwt } from 'jose';
import type { Emulators } from '../../../src/emulation/compose.ts';
import { passwordOf, startTestLandscape } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { addMembership, groupNamed } from '../../../src/systems/cf/emulator/uaa/groups.ts';
import { keyIn, openUaaStore } from '../../../src/systems/cf/emulator/uaa/store.ts';
import type { Interaction } from './recorded.ts';
import { REPLAY } from './world.ts';

/** Domain of the landscape that recordings are played on. */
export const OUR_DOMAIN = `cf.${REPLAY}.hana.ondemand.com`;

const AUDITOR = {
  landscape: REPLAY,
  userName: 'auditor',
  password: 'AUDITOR',
  groups: ['cloud_controller.admin_read_only'],
};

/** Whose refresh tokens were recorded; has the groups of whoever recorded. */
const RECORDER = { landscape: REPLAY, userName: 'recorder', password: 'RECORDER' };

const DEFAULT_IDENTITY_PROVIDER = 'accounts.sap.com';

/** A landscape with the logins of the recordings; jobs take time, so that polls find them as they were recorded. */
export function startReplayLandscape(rows: readonly Interaction[]): Promise<Emulators> {
  const logins = rows.flatMap((row) => recordedLogin(row) ?? []);
  const trusts = [...new Set(logins.flatMap(({ originKey }) => originKey ?? []))].filter(isCustom);
  const hostOf = (originKey: string) =>
    `${originKey.replace(/-platform$/, '').replaceAll('.', '-')}.accounts.ondemand.com`;
  return startTestLandscape({
    switches: { 'cf.jobsTakeTime': true },
    double: {
      trusts: trusts.map((originKey) => ({ originKey, host: hostOf(originKey) })),
      users: logins
        .filter(({ originKey }) => originKey !== 'uaa')
        .map(({ userName, originKey }) => ({
          host: originKey !== undefined && isCustom(originKey) ? hostOf(originKey) : DEFAULT_IDENTITY_PROVIDER,
          email: userName,
          password: LOGIN_PASSWORD,
        })),
    },
    cf: {
      uaaUsers: [
        AUDITOR,
        RECORDER,
        ...logins
          .filter(({ originKey }) => originKey === 'uaa')
          .map(({ userName }) => ({ landscape: REPLAY, userName, password: LOGIN_PASSWORD })),
      ],
    },
  });
}

/** Name of the credential that recorded logins have in place of their passwords. */
export const LOGIN_PASSWORD = 'RECORDED_LOGIN';

interface RecordedLogin {
  readonly userName: string;
  readonly originKey: string | undefined;
}

/** Who logged in with a password, and at which identity provider. */
function recordedLogin(row: Interaction): RecordedLogin | undefined {
  const form = new URLSearchParams(typeof row.request_body === 'string' ? row.request_body : '');
  const userName = form.get('username');
  if (form.get('grant_type') !== 'password' || userName === null || row.status !== 200) return undefined;
  const hint = new URL(row.url).searchParams.get('login_hint') ?? form.get('login_hint');
  return { userName, originKey: hint === null ? undefined : originIn(hint) };
}

function originIn(hint: string): string | undefined {
  try {
    const { origin } = JSON.parse(decodeURIComponent(hint)) as { readonly origin?: unknown };
    return typeof origin === 'string' ? origin : undefined;
  } catch {
    return undefined;
  }
}

function isCustom(originKey: string): boolean {
  return originKey !== 'uaa' && originKey !== 'sap.ids';
}

/** A token of an administrator, or of somebody who reads everything and is limited like all users. */
export async function tokenFor(emulators: Emulators, who: 'admin' | 'reader' | 'recorder'): Promise<string> {
  const known = { admin: { userName: 'root', password: 'ROOT_PASSWORD' }, reader: AUDITOR, recorder: RECORDER };
  const { userName: username, password: credential } = known[who];
  const hint = encodeURIComponent(JSON.stringify({ origin: 'uaa' }));
  const response = await emulators.fetch(`https://login.${OUR_DOMAIN}/oauth/token?login_hint=${hint}`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({ grant_type: 'password', username, password: passwordOf(emulators, credential) }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** An id_token of the trusted tenant: recorded assertions are blanked out. */
export async function assertionFor(emulators: Emulators): Promise<string> {
  const trust = emulators.world.use('trust').platformIdentityProviders()[0];
  const response = await emulators.fetch(`https://${trust?.host}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${trust?.relyingPartyId}:${trust?.relyingPartySecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'robot@sap-test.de',
      password: passwordOf(emulators, 'ROBOT_PASSWORD'),
    }),
  });
  return ((await response.json()) as { id_token: string }).id_token;
}

/** Gives a refresh token as if it had been issued with these scopes, to whom an access token belongs. */
export function plantRefresh(
  emulators: Emulators,
  token: string,
  scopes: readonly string[],
  accessToken: string,
): void {
  const claims = decodeJwt(accessToken);
  const store = openUaaStore(emulators.state);
  // Scopes that the user has lost end its tokens.
  for (const scope of scopes) {
    const group = groupNamed(store, emulators, REPLAY, scope).id;
    addMembership(store, { landscape: REPLAY, group, member: String(claims.user_id), type: 'USER', origin: 'uaa' });
  }
  store.refreshGrants.set(keyIn(REPLAY, token), {
    token,
    landscape: REPLAY,
    clientId: 'cf',
    userId: String(claims.user_id),
    scopes,
    grantType: 'password',
    authTime: Number(claims.auth_time),
    amr: ['pwd'],
    revocationSignature: String(claims.rev_sig),
    expiresAt: emulators.now() + 86_400_000,
  });
}

import { startEmulators } from '../../../../emulation/compose.ts';
import { accountsEmulator } from '../../../accounts/emulator/index.ts';
import { authzEmulator } from '../../../authz/emulator/index.ts';
import { iasEmulator } from '../../../ias/emulator/index.ts';
import { btpCliEmulator } from '../../../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../../../protocols/btp-cli/emulator/testing/acme.ts';
import { trustEmulator } from '../../../trust/emulator/index.ts';
import { destinationEmulator } from '../index.ts';

/** The Destination service behind the command-line server, with everything that a login needs; the robot holds one role collection. */
export async function startWithCommands(roleCollection: string) {
  const robot = {
    globalAccount: 'acme',
    in: { subaccounts: ['dev'] },
    userName: ACME.robot,
    originKey: ACME.originKey,
  };
  const landscape = await startEmulators({
    emulators: [
      accountsEmulator,
      iasEmulator,
      trustEmulator,
      authzEmulator,
      btpCliEmulator,
      cloudFoundryDouble(),
      destinationEmulator,
    ],
    seed: {
      ...acmeSeed,
      authz: { users: [...acmeSeed.authz.users, { ...robot, roleCollections: [roleCollection] }] },
      destination: { serviceKeys: [{ globalAccount: 'acme', subaccount: 'dev', credential: 'DEV_KEY' }] },
    },
  });
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    landscape.fetch(`https://cli.btp.cloud.sap${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  const login = await post('/login/v2.106.1', {
    customIdp: 'acme-platform',
    subdomain: 'acme',
    userName: ACME.robotLogin,
    password: landscape.credentials.get('ROBOT_PASSWORD') ?? '',
  });
  const session = login.headers.get('x-cpcli-sessionid') ?? '';
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  async function command(object: string, action: string, params: Readonly<Record<string, unknown>> = {}) {
    const response = await post(
      `/command/v2.106.1/connectivity/${object}?${action}`,
      { paramValues: { subaccount, ...params } },
      { 'x-cpcli-sessionid': session, 'x-cpcli-subdomain': 'acme' },
    );
    const text = await response.text();
    return {
      status: Number(response.headers.get('x-cpcli-backend-status')),
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }
  return { landscape, command, subaccount };
}

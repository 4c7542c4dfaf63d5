import { unzipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { startWithCommands } from '../../../../../test/fixtures/destination.ts';
import { ACME } from '../../../protocols/btp-cli/emulator/testing/acme.ts';
import { exported, imported } from './files.ts';

let landscape: Awaited<ReturnType<typeof startWithCommands>>;
beforeAll(async () => {
  landscape = await startWithCommands('Destination Administrator');
});

const CFAPI = {
  Name: 'CFAPI',
  Type: 'HTTP',
  URL: 'https://login.cf.eu10.hana.ondemand.com',
  ProxyType: 'Internet',
  Authentication: 'OAuth2Password',
  clientId: 'cf',
  clientSecret: 'hidden-1',
  User: 'tech+1@acme.example',
  Password: 'hidden-2',
  tokenServiceURL: 'https://login.cf.eu10.hana.ondemand.com/oauth/token',
  Description: ' = # ! \\ Grüße\n🙂',
};
const { clientSecret: _secret, Password: _password, ...OPEN } = CFAPI;

async function cockpit(
  path = '',
  init: RequestInit = {},
  password = landscape.landscape.credentials.get('ROBOT_PASSWORD'),
) {
  const basic = Buffer.from(`${ACME.robotLogin}:${password}`).toString('base64');
  const address = `https://cockpit.btp.cloud.sap/subaccount/${landscape.subaccount}/destinations${path}`;
  const url = new URL(address);
  url.searchParams.set('idp', 'acme-platform');
  return landscape.landscape.fetch(url, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Basic ${basic}`, ...init.headers },
  });
}

function upload(name: string, content: string): Promise<Response> {
  const body = new FormData();
  body.set('file', new File([content], name));
  return cockpit('', { method: 'POST', body });
}

test('a file in any format is imported, shown without its secrets, and exported without them', async () => {
  expect((await upload('CFAPI.json', JSON.stringify(CFAPI))).status).toBe(303);
  const shown = await (await cockpit('/CFAPI')).text();
  expect(shown).toContain('&lt;redacted&gt;');
  expect(await (await cockpit('/CFAPI/export?format=json')).json()).toEqual(OPEN);
  const properties = await (await cockpit('/CFAPI/export?format=properties')).text();
  expect(properties).toMatch(
    /^#clientSecret=<< Existing password\/certificate removed on export >>\n#Password=<< .* >>\n#\n#\w{3} \w{3} \d\d [\d:]{8} UTC \d{4}\n/,
  );
  expect(properties).toContain('URL=https\\://login.cf.eu10.hana.ondemand.com\n');
  for (const text of [shown, properties]) expect(text).not.toContain('hidden-');
  expect(imported('CFAPI', properties)).toEqual(OPEN);
  expect((await upload('CFAPI.properties', properties)).status).toBe(303);
  expect((await upload('CFAPI.yaml', 'Name: Y\nType: HTTP\nURL: https://y.example\n')).status).toBe(303);
  const archive = unzipSync(new Uint8Array(await (await cockpit('/export?format=json')).arrayBuffer()));
  expect(Object.keys(archive)).toEqual(['CFAPI.json', 'Y.json']);
});

test('what the form would not let through is refused', async () => {
  expect((await upload('a.json', '{"Name":')).status).toBe(400);
  expect((await upload('a.json', JSON.stringify({ ...OPEN, ProxyType: 'Nowhere' }))).status).toBe(400);
  expect(await (await upload('a.json', JSON.stringify({ ...OPEN, tokenServiceURL: '' }))).text()).toBe(
    'Missing property tokenServiceURL',
  );
  expect((await cockpit('/CFAPI/export?format=xml')).status).toBe(400);
  const foreign = { method: 'POST', headers: { origin: 'https://evil.example' } };
  expect((await cockpit('/CFAPI/check', foreign)).status).toBe(400);
});

test('Check Connection is green for whatever answers below 500, and proves nothing', async () => {
  const check = async (URL: string) => {
    await upload('C.json', JSON.stringify({ Name: 'C', Type: 'HTTP', URL }));
    return (await cockpit('/C/check', { method: 'POST' })).text();
  };
  expect(await check('https://acme-platform.accounts.ondemand.com/scim/Users')).toContain('to C destination succeeded');
  expect(await check('https://nowhere.example')).toContain('to C destination failed');
});

test('nobody without the password or the role gets in', async () => {
  expect((await cockpit('', {}, 'wrong')).status).toBe(401);
  const viewer = await startWithCommands('Subaccount Viewer');
  const before = landscape;
  landscape = viewer;
  expect((await cockpit()).status).toBe(200);
  expect((await upload('a.json', JSON.stringify(OPEN))).status).toBe(404);
  landscape = before;
});

test('an export is ASCII, and gives back what was in it', () => {
  const text = exported(CFAPI, 'properties', 0);
  expect(text).toMatch(/^[\n -~]*$/);
  expect(imported('x', text)).toEqual(OPEN);
});

import { expect, test } from 'vitest';
import type { Emulators } from '../../../../emulation/compose.ts';
import { readXml } from '../slp-xml.ts';
import { DEPLOY, INTERNAL, mtar, ORIGIN, ROBOT, robotToken, startLandscape, userToken } from '../testing/landscape.ts';

const ROOT = `${DEPLOY}/slprot/acme-dev/app/slp`;

const get = async (landscape: Emulators, url: string, authorization?: string) => {
  const response = await landscape.fetch(url, { headers: authorization === undefined ? {} : { authorization } });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

test('metadata, services, parameters and versions, in XML that old clients check', async () => {
  const landscape = await startLandscape();
  const bearer = `Bearer ${await robotToken(landscape)}`;
  const metadata = await get(landscape, `${ROOT}/metadata`, bearer);
  expect(metadata.headers.get('content-type')).toBe('application/xml');
  expect(metadata.text).toBe(
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Metadata xmlns="http://www.sap.com/lmsl/slp"><slmpversion>1.2.0</slmpversion><slppversion>1.2.0</slppversion></Metadata>',
  );
  const services = readXml((await get(landscape, `${ROOT}/services`, bearer)).text)?.children('Service') ?? [];
  expect(services.map((service) => service.child('id')?.text)).toEqual([
    'xs2-deploy',
    'xs2-bg-deploy',
    'xs2-undeploy',
    'CTS_DEPLOY',
  ]);
  const parameters = readXml((await get(landscape, `${ROOT}/services/CTS_DEPLOY/parameters`, bearer)).text);
  const required = parameters?.children('Parameter').filter((one) => one.child('required')?.text === 'true');
  expect(required?.map((one) => one.child('id')?.text)).toEqual(['ctsProcessId']);
  expect((await get(landscape, `${ROOT}/services/CTS_DEPLOY/versions`, bearer)).text).toContain(
    '<version>1.0</version>',
  );
  expect((await get(landscape, `${ROOT}/services/unknown`, bearer)).status).toBe(404);
});

/** Writes as a client with a session. */
async function session(landscape: Emulators, root = ROOT) {
  const authorization = `Bearer ${await robotToken(landscape)}`;
  const first = await landscape.fetch(`${root}/metadata`, { headers: { authorization } });
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const csrf = first.headers.get('x-csrf-token') ?? '';
  return async (method: string, path: string, body?: FormData | string) => {
    const response = await landscape.fetch(`${root}${path}`, {
      method,
      headers: { authorization, cookie, 'x-csrf-token': csrf },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  };
}

test('a process with its tasklist, log, error and actions', async () => {
  const landscape = await startLandscape();
  const call = await session(landscape);
  const form = new FormData();
  form.set('files', new Blob([Buffer.from(mtar())]), 'shop.mtar');
  const uploaded = await call('POST', '/services/xs2-deploy/files', form);
  const file = readXml(uploaded.text)?.child('File');
  expect([uploaded.status, file?.child('fileName')?.text, file?.child('digestAlgorithm')?.text]).toEqual([
    200,
    'shop.mtar',
    'MD5',
  ]);
  const id = file?.child('id')?.text;
  const started = await call(
    'POST',
    '/services/xs2-deploy/processes',
    `<slp:Process xmlns:slp="http://www.sap.com/lmsl/slp"><slp:service>xs2-deploy</slp:service><slp:parameters><slp:Parameter><slp:id>appArchiveId</slp:id><slp:value>${id}</slp:value></slp:Parameter></slp:parameters></slp:Process>`,
  );
  const process = readXml(started.text);
  expect([started.status, process?.child('status')?.text]).toEqual([200, 'slp.process.state.ACTIVE']);
  const run = `/${process?.child('rootURL')?.text}`;
  const task = async () => readXml((await call('GET', `${run}/tasklist`)).text)?.child('Task');
  expect((await task())?.child('status')?.text).toBe('slp.task.state.RUNNING');
  expect((await call('GET', `${run}/actions`)).text).toContain('<action_type>slp.action.ABORT</action_type>');
  expect((await call('GET', `${run}/error`)).status).toBe(404);
  await landscape.sleep(5000);
  expect((await task())?.child('progress')?.text).toBe('100');
  expect((await task())?.child('status')?.text).toBe('slp.task.state.FINISHED');
  expect((await call('GET', `${run}/logs/OPERATION.log/content`)).text).toContain('Processing MTA archive...');
  expect((await call('GET', `/processes/${process?.child('id')?.text}`)).text).toContain('slp.process.state.FINISHED');
  expect((await call('DELETE', `/processes/${process?.child('id')?.text}`)).status).toBe(400);
});

test('a transport without its process id is refused, and one that fails leaves nothing behind that blocks the next', async () => {
  const landscape = await startLandscape();
  const call = await session(landscape);
  const parameter = (name: string, value: string) => `<Parameter><id>${name}</id><value>${value}</value></Parameter>`;
  const start = (...parameters: string[]) =>
    call(
      'POST',
      '/services/CTS_DEPLOY/processes',
      `<Process><service>CTS_DEPLOY</service><parameters>${parameters.join('')}</parameters></Process>`,
    );
  expect(await start()).toEqual({ status: 400, text: 'Required parameters ctsProcessId are not set!' });
  const { text } = await start(parameter('ctsProcessId', '1'), parameter('appArchiveId', 'none'));
  await landscape.sleep(5000);
  const run = `/${readXml(text)?.child('rootURL')?.text}`;
  expect((await call('GET', `${run}/tasklist`)).text).toContain('<status>slp.task.state.ABORTED</status>');
  expect((await call('GET', `${run}/error`)).text).toContain('File with ID "none" does not exist');
});

test.each([
  ['no XML at all', 'DEPLOY'],
  ['another document', '<Other/>'],
  ['a document that is not closed', '<Process><service>'],
  ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><Process>&b;</Process>'],
  ['an entity that is not predefined', '<Process><service>&xxe;</service></Process>'],
  ['deep nesting', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
  ['more than a megabyte', `<Process>${' '.repeat(1024 * 1024)}</Process>`],
])('%s as a process is a bad request', async (_what, body) => {
  const call = await session(await startLandscape());
  expect((await call('POST', '/services/xs2-deploy/processes', body)).status).toBe(400);
});

test('who is let in: 401 without or with bad credentials, 404 for nothing, 403 without the role', async () => {
  const landscape = await startLandscape();
  const token = await robotToken(landscape);
  const answers = async (url: string, authorization?: string) => {
    const { status, text } = await get(landscape, url, authorization);
    return [status, text];
  };
  const metadata = `${ROOT}/metadata`;
  expect(await answers(metadata)).toEqual([401, '401 UNAUTHORIZED "No Authorization header was provided!"']);
  expect(await answers(metadata, 'Bearer')).toEqual([
    401,
    '401 UNAUTHORIZED "Invalid Authorization header was provided!"',
  ]);
  expect(await answers(metadata, 'Digest abc')).toEqual([401, '']);
  expect(await answers(metadata, 'Bearer abc')).toEqual([401, '']);
  expect(await answers(metadata, `Bearer ${token.slice(0, -6)}AAAAAA`)).toEqual([401, '']);
  expect(await answers(metadata, `Basic ${btoa('nocolon')}`)).toEqual([401, '']);

  // The same token, another landscape: nobody's org is there.
  expect((await answers(metadata.replace('eu10-004', 'eu10'), `Bearer ${token}`))[0]).toBe(404);
  expect((await answers(`${DEPLOY}/slprot/nowhere/app/slp/metadata`, `Bearer ${token}`))[0]).toBe(404);

  const zone = landscape.world.use('cloudFoundry');
  const guid = zone.spaceGuid('eu10-004', 'acme-dev', 'app');
  const stranger = await startLandscape({ roles: [] });
  const without = `Bearer ${await robotToken(stranger)}`;
  const refused = (await get(stranger, metadata, without)).text;
  // The space is missing in the text: the service names the org twice.
  expect(refused).toBe(
    'You are not authorized to perform operations in organization "acme-dev", space "acme-dev". You need the SpaceDeveloper role to operate in that space.',
  );
  expect(await get(stranger, `${DEPLOY}/slprot/${guid}/slp/metadata`, without)).toMatchObject({
    status: 403,
    text: `You are not authorized to perform operations in space with GUID "${guid}". You need the SpaceDeveloper role to operate in that space.`,
  });
  expect((await get(stranger, `${DEPLOY}/api/v1/spaces/${guid}/mtas`, without)).status).toBe(403);
  expect((await get(stranger, `${DEPLOY}/api/v1/spaces/no-guid/mtas`, without)).status).toBe(404);

  landscape.advance(1_300_000);
  expect(await answers(metadata, `Bearer ${token}`)).toEqual([
    401,
    '401 UNAUTHORIZED "The token has expired on: "2026-11-21T00:20:00Z""',
  ]);
});

test('managers and auditors of the space may look, and not write', async () => {
  for (const role of ['space_manager', 'space_auditor']) {
    const landscape = await startLandscape({ roles: [role] });
    const call = await session(landscape);
    expect((await call('GET', '/services')).status).toBe(200);
    expect((await call('DELETE', '/services/xs2-deploy/files')).status).toBe(403);
  }
});

test('a developer is remembered for twenty seconds after the role was taken away', async () => {
  const landscape = await startLandscape();
  const bearer = `Bearer ${await robotToken(landscape)}`;
  const guid = landscape.world.use('cloudFoundry').spaceGuid('eu10-004', 'acme-dev', 'app');
  // By its GUID: by names the service looks the space up anew each time, and would not see it.
  const status = async () => (await get(landscape, `${DEPLOY}/slprot/${guid}/slp/metadata`, bearer)).status;
  expect(await status()).toBe(200);
  const roles = landscape.state.collection<{ guid: string; type: string }>('cf/roles');
  for (const role of [...roles.values()]) if (role.type === 'space_developer') roles.delete(role.guid);
  expect(await status()).toBe(200);
  landscape.advance(21_000);
  expect(await status()).toBe(403);
});

test('Basic: the user of mail@@origin at the right identity provider, unless it is switched off', async () => {
  const landscape = await startLandscape();
  const basic = (user: string, password: string) =>
    `Basic ${btoa(`${user}:${landscape.credentials.get(password) ?? password}`)}`;
  const status = async (authorization: string) => (await get(landscape, `${ROOT}/metadata`, authorization)).status;
  expect(await status(basic(`${ROBOT}@@${ORIGIN}`, 'ROBOT_PASSWORD'))).toBe(200);
  expect(await status(basic(`${INTERNAL}@@uaa`, 'INTERNAL_PASSWORD'))).toBe(200);
  const before = landscape.now();
  expect(await status(basic(ROBOT, 'ROBOT_PASSWORD'))).toBe(401);
  expect(landscape.now() - before).toBe(9000);

  const off = await startLandscape({ switches: { 'ctms.deployServiceBasic': false } });
  expect(await get(off, `${ROOT}/metadata`, basic(`${ROBOT}@@${ORIGIN}`, 'ROBOT_PASSWORD'))).toMatchObject({
    status: 403,
    text: '',
  });
});

test('an administrator of Cloud Foundry needs no role', async () => {
  const landscape = await startLandscape({ uaaGroups: ['cloud_controller.admin'], internalRoles: [] });
  const password = landscape.credentials.get('INTERNAL_PASSWORD') ?? '';
  const token = await userToken(landscape, { name: INTERNAL, password, origin: 'uaa' });
  expect((await get(landscape, `${ROOT}/metadata`, `Bearer ${token}`)).status).toBe(200);
});

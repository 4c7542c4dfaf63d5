import { expect, test } from 'vitest';
import { tellPeer } from '../../../../emulation/peer.ts';
import { HOST, robot } from '../tenant.fixture.ts';
import { type RunningConsole, startConsole } from './console.fixture.ts';

async function addSystem(running: RunningConsole) {
  const browser = await running.enter('rosa', '/admin/administrators/systems/new');
  const system = await browser.press(browser.page, 'Add', { name: 'Pipeline', permission: ['Read Users'] });
  const path = system.path.replace(/\?.*$/, '');
  const page = await browser.press(system, 'Add Secret', { description: 'CI', lifetime: 'never' });
  const clientId = page.document.querySelector('dd')?.text ?? '';
  const secret = page.document.querySelector('.once')?.text ?? '';
  const read = async (by = secret) =>
    (await running.scim('GET', '/Users', undefined, { authorization: running.basic(clientId, by) })).status;
  return { ...browser, path, page, secret, read };
}

test('authorizations of a person may change, but for those of the last one in charge', async () => {
  const running = await startConsole();
  const { page, open, submit } = await running.enter('rosa', '/admin/administrators');
  const pathOf = (name: string) =>
    page.document
      .querySelectorAll('tbody a')
      .find((a) => a.text === name)
      ?.getAttribute('href') ?? '';
  const reader = pathOf('reader');
  const saved = await submit(await open(reader), `${reader}/permissions`, { permission: ['Manage Users', 'nonsense'] });
  expect(saved.path).toBe(`${reader}?done=saved`);
  const chosen = saved.document
    .querySelectorAll('input[name=permission][checked]')
    .map((box) => box.getAttribute('value'));
  expect(chosen).toEqual(['Manage Users']);
  const as = { authorization: running.basic('reader', running.credential('READER')) };
  expect((await running.scim('POST', '/Users', robot(), as)).status).toBe(201);
  const rosa = pathOf('rosa');
  const refused = await submit(await open(rosa), `${rosa}/permissions`, { permission: ['Manage Users'] });
  expect([refused.status, refused.text]).toEqual([
    400,
    expect.stringContaining('last administrator with Manage Tenant Configuration'),
  ]);
});

test('a removed secret lets a system in no longer, others do', async () => {
  const { page, press, secret, read } = await addSystem(await startConsole());
  const second = await press(page, 'Add Secret', { description: 'next', lifetime: '2 years' });
  const other = second.document.querySelector('.once')?.text ?? '';
  const labels = second.document.querySelectorAll('button').map((one) => one.getAttribute('aria-label') ?? '');
  const remove = labels.find((label) => label.startsWith(`Remove secret ${secret.slice(0, 4)}`));
  const left = await press(second, remove ?? '');
  expect(left.text).toContain(other.slice(0, 4));
  expect([await read(), await read(other)]).toEqual([401, 200]);
});

test('its client id is locked after 5 failures unless that is switched off', async () => {
  const { path, open, press, read } = await addSystem(await startConsole());
  const off = await press(await open(path), 'Switch Locking Off');
  expect(off.text).toContain('Switch Locking On');
  for (let attempt = 0; attempt < 5; attempt++) await read('wrong');
  expect(await read()).toBe(200);
  await press(off, 'Switch Locking On');
  for (let attempt = 0; attempt < 5; attempt++) await read('wrong');
  expect(await read()).toBe(401);
});

test('a system that is deleted calls nothing any more', async () => {
  const { path, open, press, read } = await addSystem(await startConsole());
  const left = await press(await open(path), 'Delete System');
  expect(left.path).toBe('/admin/administrators?done=deleted');
  expect(left.text).not.toContain('Pipeline');
  expect((await open(path)).status).toBe(404);
  expect(await read()).toBe(401);
});

test('a certificate that the tenant makes for a system is one of its credentials, until it is removed', async () => {
  const running = await startConsole();
  const { page, path, open, press, cookies } = await addSystem(running);
  const token = page.document.querySelector('input[name=authenticity_token]')?.getAttribute('value') ?? '';
  const generate = (filePassword: string) =>
    running.fetch(`https://${HOST}${path}/certificates/generate`, {
      method: 'POST',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      body: new URLSearchParams({ authenticity_token: token, commonName: 'pipeline', filePassword }),
    });
  expect((await generate('short')).status).toBe(400);
  const answer = await generate('a-long-password');
  expect(answer.headers.get('content-type')).toBe('application/x-pkcs12');
  const { default: forge } = await import('node-forge');
  const der = forge.util.createBuffer(Buffer.from(await answer.arrayBuffer()).toString('latin1'));
  const file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(der), 'a-long-password');
  const certBag = forge.pki.oids.certBag ?? '';
  const { cert } = file.getBags({ bagType: certBag })[certBag]?.[0] ?? {};
  const certificate = cert ? forge.pki.certificateToPem(cert) : '';
  const read = async () => {
    const request = new Request(`https://${HOST}/scim/Users`);
    tellPeer(request, { certificates: [certificate] });
    return (await running.fetch(request)).status;
  };
  expect(await read()).toBe(200);
  const shown = await open(path);
  const remove = shown.document
    .querySelectorAll('button')
    .map((button) => button.getAttribute('aria-label') ?? '')
    .find((label) => label.startsWith('Remove certificate CN=pipeline'));
  expect((await press(shown, remove ?? '')).text).not.toContain('CN=pipeline');
  expect(await read()).toBe(401);
});

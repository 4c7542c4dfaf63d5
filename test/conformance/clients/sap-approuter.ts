import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'node-html-parser';
import { createBrowser } from '../browser.ts';
import type { Client } from '../client.ts';
import { openDeveloperSpace } from '../cloud-foundry.ts';
import { startServer, temporaryFolder } from '../programs.ts';
import { installSapWorkspace } from '../sap-workspace.ts';
import { CREDENTIAL, PERSON } from '../seed.ts';

/** What people get without signing in, what they get after it, and where requests go on to. */
const ROUTES = {
  welcomeFile: 'index.html',
  authenticationMethod: 'route',
  logout: { logoutEndpoint: '/do/logout', logoutPage: '/public/bye.html' },
  routes: [
    { source: '^/public/(.*)$', target: '$1', localDir: 'public', authenticationType: 'none' },
    { source: '^/cf/(.*)$', target: '$1', destination: 'CFAPI', csrfProtection: false, authenticationType: 'xsuaa' },
    { source: '^/user-api(.*)', target: '/user-api$1', service: 'sap-approuter-userapi', authenticationType: 'xsuaa' },
  ],
};

const SECURITY = {
  xsappname: 'portal',
  'role-templates': [{ name: 'Viewer', 'scope-references': ['$XSAPPNAME.view'] }],
};

/** @sap/approuter: signs people in at XSUAA, and forwards what they ask to a destination. */
export const sapApprouter: Client = {
  name: '@sap/approuter 20.10.0',
  licence: 'SAP Developer License',
  free: false,
  async run(landscape, step) {
    const packages = await installSapWorkspace();
    const space = await openDeveloperSpace(landscape);
    await using folder = await temporaryFolder();
    await symlink(packages, path.join(folder.path, 'node_modules'));
    await writeFile(path.join(folder.path, 'xs-app.json'), JSON.stringify(ROUTES));
    await mkdir(path.join(folder.path, 'public'));
    await writeFile(path.join(folder.path, 'public/bye.html'), 'bye');
    const app = await space.createApp('portal');
    await space.bindService(app, {
      offering: 'xsuaa',
      plan: 'application',
      name: 'portal-xsuaa',
      parameters: SECURITY,
    });
    await space.bindService(app, { offering: 'destination', plan: 'lite', name: 'portal-destination' });
    const env = {
      ...landscape.environment,
      ...(await space.environmentOf(app)),
      // Else it answers with a script that keeps what stands behind the #.
      PRESERVE_FRAGMENT: 'false',
      // Else it keeps connections of its own, which know no proxy.
      DISABLE_CONNECTION_REUSE: 'true',
    };
    const words = [
      '--require',
      path.join(packages, '../through-proxy.cjs'),
      'node_modules/@sap/approuter/approuter.js',
    ];
    await using server = await step('start', () =>
      startServer(process.execPath, [...words, '-p', '0'], {
        env,
        cwd: folder.path,
        ready: /listening on port:? (?<port>\d+)/,
      }),
    );
    const portal = `http://localhost:${server.port}`;
    const browser = createBrowser((url, init) =>
      String(url).startsWith(portal) ? fetch(url, init) : landscape.fetch(url, init),
    );

    await step('what needs no sign-in', async () => {
      assert.equal((await browser.open(`${portal}/public/bye.html`)).body, 'bye');
    });
    const organizations = `${portal}/cf/v3/organizations?order_by=name`;
    const reached = (body: string) =>
      (JSON.parse(body) as { resources: { name: string }[] }).resources.map((org) => org.name);
    const choice = await step('sends to XSUAA who is not signed in', async () => {
      const page = await browser.open(organizations);
      assert.match(page.url, /^https:\/\/acme-dev\.authentication\.eu10\.hana\.ondemand\.com\/oauth\/authorize\?/);
      return page;
    });
    await step('sign-in at the identity provider of the subaccount', async () => {
      const link = parse(choice.body)
        .querySelectorAll('a')
        .find((one) => one.getAttribute('href')?.includes('sap.custom'));
      const form = await browser.open(new URL(link?.getAttribute('href') ?? '', choice.url).href);
      const password = landscape.credential(CREDENTIAL.password);
      const page = await browser.submit(form, { j_username: PERSON.userName, j_password: password });
      // Back where the person wanted to go.
      assert.equal(page.url, organizations);
      assert.deepEqual(reached(page.body), ['acme-dev']);
    });
    await step('forwards to the destination with its token', async () => {
      const spaces = await browser.open(`${portal}/cf/v3/spaces`);
      assert.deepEqual(reached(spaces.body), ['app']);
      const missing = await browser.open(`${portal}/cf/v3/organizations/none`);
      assert.equal(missing.status, 404);
    });
    await step('knows who is signed in', async () => {
      const { body } = await browser.open(`${portal}/user-api/currentUser`);
      assert.equal((JSON.parse(body) as { email: string }).email, PERSON.email);
    });
    await step('logout', async () => {
      assert.equal((await browser.open(`${portal}/do/logout`)).body, 'bye');
      assert.match((await browser.open(organizations)).url, /\/oauth\/authorize\?/);
    });
  },
};

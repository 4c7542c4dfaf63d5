import { z } from 'zod';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { runSapScript } from '../sap-workspace.ts';
import { CREDENTIAL, DEMO_APPLICATION, PERSON } from '../seed.ts';
import { IAS } from './openid-client-ias.ts';

const UAA_DOMAIN = 'uaa.cf.eu10-004.hana.ondemand.com';
const ADMIN = 'platform-admin@acme.example';

/** More than a token of XSUAA lives. */
const LONG_AGO = -13 * 3_600_000;

const serviceKey = z.looseObject({ clientid: z.string(), clientsecret: z.string(), url: z.string() });
const tokenAnswer = z.looseObject({ access_token: z.string() });

/** SAP's library for tokens, with all of its services. */
export const sapXssec: Client = {
  name: '@sap/xssec 4.15.0',
  licence: 'SAP Developer License',
  free: false,
  async run(landscape, step) {
    const xsuaa = serviceKey.parse(JSON.parse(landscape.credential('ACME_DEV_DESTINATION_KEY')));
    const otherXsuaa = serviceKey.parse(JSON.parse(landscape.credential('ACME_TMS_DESTINATION_KEY')));
    const demo = serviceKey.parse(JSON.parse(landscape.credential(CREDENTIAL.demoBinding)));
    const given = {
      demo: {
        binding: demo,
        url: DEMO_APPLICATION,
        expired: await landscape.atOffset(LONG_AGO, () => clientToken(landscape, demo)),
      },
      xsuaa,
      otherXsuaa,
      expired: await landscape.atOffset(LONG_AGO, () => clientToken(landscape, xsuaa)),
      user: { name: ADMIN, password: landscape.credential('ACME_ADMIN_PASSWORD') },
      ias: {
        binding: {
          clientid: landscape.credential(CREDENTIAL.ias.id),
          clientsecret: landscape.credential(CREDENTIAL.ias.secret),
          url: IAS,
          domains: ['accounts.ondemand.com'],
        },
        user: PERSON.userName,
        email: PERSON.email,
        password: landscape.credential(CREDENTIAL.password),
      },
      uaa: {
        binding: { clientid: 'cf', url: `https://${UAA_DOMAIN}`, uaadomain: UAA_DOMAIN },
        userName: 'pipeline@sap-test.de',
        token: await cfToken(landscape),
      },
    };
    await runSapScript('xssec.mjs', given, landscape, step);
  },
};

async function clientToken(landscape: ConformanceLandscape, key: z.infer<typeof serviceKey>): Promise<string> {
  const response = await landscape.fetch(`${key.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: key.clientid,
      client_secret: key.clientsecret,
    }),
  });
  return tokenAnswer.parse(await response.json()).access_token;
}

async function cfToken(landscape: ConformanceLandscape): Promise<string> {
  const response = await landscape.fetch(`https://${UAA_DOMAIN}/oauth/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'pipeline@sap-test.de',
      password: await landscape.passwordOf('pipeline'),
      login_hint: JSON.stringify({ origin: 'acme-platform' }),
    }),
  });
  return tokenAnswer.parse(await response.json()).access_token;
}

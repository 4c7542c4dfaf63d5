import type { Client } from '../client.ts';
import { runSapScript } from '../sap-workspace.ts';
import { CREDENTIAL, DEMO_APPLICATION, PERSON } from '../seed.ts';
import { clientToken, oauthClient, robotToken } from '../tokens.ts';
import { IAS } from './openid-client-ias.ts';

const UAA_DOMAIN = 'uaa.cf.eu10-004.hana.ondemand.com';
const ADMIN = 'platform-admin@acme.example';

/** More than a token of XSUAA lives. */
const LONG_AGO = -13 * 3_600_000;

/** SAP's library for tokens, with all of its services. */
export const sapXssec: Client = {
  name: '@sap/xssec 4.15.0',
  licence: 'SAP Developer License',
  free: false,
  async run(landscape, step) {
    const xsuaa = oauthClient.parse(JSON.parse(landscape.credential('ACME_DEV_DESTINATION_KEY')));
    const otherXsuaa = oauthClient.parse(JSON.parse(landscape.credential('ACME_TMS_DESTINATION_KEY')));
    const demo = oauthClient.parse(JSON.parse(landscape.credential(CREDENTIAL.demoBinding)));
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
        token: await robotToken(landscape),
      },
    };
    await runSapScript('xssec.mjs', given, landscape, step);
  },
};

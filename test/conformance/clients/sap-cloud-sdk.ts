import type { Client } from '../client.ts';
import { runSapScript } from '../sap-workspace.ts';

/** SAP Cloud SDK; free itself, but it brings @sap/xssec, which is not. */
export const sapCloudSdk: Client = {
  name: '@sap-cloud-sdk/connectivity 4.9.1',
  licence: 'Apache-2.0, with @sap/xssec under the SAP Developer License',
  free: false,
  async run(landscape, step) {
    const given = {
      destinationKey: JSON.parse(landscape.credential('ACME_DEV_DESTINATION_KEY')) as object,
      cfApi: 'https://api.cf.eu10-004.hana.ondemand.com',
    };
    await runSapScript('cloud-sdk.mjs', given, landscape, step);
  },
};

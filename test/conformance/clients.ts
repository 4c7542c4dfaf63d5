import type { Client } from './client.ts';
import { cfCli } from './clients/cf-cli.ts';
import { cfCliApps } from './clients/cf-cli-apps.ts';
import { cfPythonClient } from './clients/cf-python-client.ts';
import { kubeApiserver } from './clients/kube-apiserver.ts';
import { modAuthOpenidc, modAuthOpenidcCode } from './clients/mod-auth-openidc.ts';
import { mtaPlugin } from './clients/mta-plugin.ts';
import { mtxSample } from './clients/mtx-sample.ts';
import { openbaoPayloads, openbaoPlaces } from './clients/openbao.ts';
import { openidClientChromium } from './clients/openid-client-chromium.ts';
import { openidClientCode } from './clients/openid-client-code.ts';
import { openidClientIas } from './clients/openid-client-ias.ts';
import { openidClientTokens } from './clients/openid-client-tokens.ts';
import { openidClientUaa } from './clients/openid-client-uaa.ts';
import { piper } from './clients/piper.ts';
import { sapApprouter } from './clients/sap-approuter.ts';
import { sapCloudSdk } from './clients/sap-cloud-sdk.ts';
import { sapXssec } from './clients/sap-xssec.ts';
import { schemathesisDestination, schemathesisTransport } from './clients/schemathesis.ts';
import { scimClient } from './clients/scim-client.ts';
import { secretStores } from './clients/secret-stores.ts';
import { terraform, terraformIdentity } from './clients/terraform.ts';
import { uaaCli } from './clients/uaa-cli.ts';

/** Every foreign client, in the order in which they are asked. */
export const clients: readonly Client[] = [
  openidClientIas,
  openidClientTokens,
  openidClientCode,
  openidClientChromium,
  openidClientUaa,
  scimClient,
  modAuthOpenidc,
  modAuthOpenidcCode,
  cfCli,
  cfCliApps,
  cfPythonClient,
  mtaPlugin,
  piper,
  schemathesisDestination,
  schemathesisTransport,
  uaaCli,
  terraform,
  terraformIdentity,
  sapXssec,
  sapCloudSdk,
  sapApprouter,
  mtxSample,
  secretStores,
  kubeApiserver,
  openbaoPlaces,
  openbaoPayloads,
];

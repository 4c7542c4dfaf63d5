import { z } from 'zod';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { runSapScript } from '../sap-workspace.ts';
import { CREDENTIAL, DEMO_APPLICATION } from '../seed.ts';
import { clientToken, oauthClient } from '../tokens.ts';
import { IAS } from './openid-client-ias.ts';

const KEY_STORE_PASSWORD = 'changeit';

const binding = oauthClient.extend({ uri: z.string().optional() });
type Binding = z.infer<typeof binding>;
const trustAnswer = z.looseObject({ certificate: z.string() });

/** SAP Cloud SDK; free itself, but it brings @sap/xssec, which is not. */
export const sapCloudSdk: Client = {
  name: '@sap-cloud-sdk/connectivity and http-client 4.9.1',
  licence: 'Apache-2.0, with @sap/xssec under the SAP Developer License',
  free: false,
  async run(landscape, step) {
    const key = binding.parse(JSON.parse(landscape.credential(CREDENTIAL.destinations)));
    const demo = binding.parse(JSON.parse(landscape.credential(CREDENTIAL.demoBinding)));
    await configure(landscape, key, demo);
    const given = {
      destinationKey: key,
      demo,
      cfApi: 'https://api.cf.eu10-004.hana.ondemand.com',
      user: { name: 'platform-admin@acme.example', password: landscape.credential('ACME_ADMIN_PASSWORD') },
      keyStorePassword: KEY_STORE_PASSWORD,
      subscriber: await subscriberToken(landscape, key),
    };
    await runSapScript('cloud-sdk.mjs', given, landscape, step);
    await runSapScript('bindings.mjs', { destinationKey: key, cfApi: given.cfApi }, landscape, step);
  },
};

/** What an administrator has configured before the application runs: in the provider's subaccount, and in the subscriber's. */
async function configure(landscape: ConformanceLandscape, key: Binding, demo: Binding): Promise<void> {
  const provider = await clientToken(landscape, key);
  const subscriber = await subscriberToken(landscape, key);
  const post = async (token: string, path: string, body: unknown): Promise<unknown> => {
    const response = await landscape.fetch(`${key.uri}/destination-configuration/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const http = (Name: string, URL: string, Authentication: string, more: Record<string, string> = {}) => ({
    Name,
    Type: 'HTTP',
    URL,
    ProxyType: 'Internet',
    Authentication,
    ...more,
  });
  const client = {
    clientId: demo.clientid,
    clientSecret: demo.clientsecret,
    tokenServiceURL: `${demo.url}/oauth/token`,
  };
  const { certificate } = trustAnswer.parse(await post(provider, 'saml2Metadata/certificate', undefined));
  await post(provider, 'subaccountCertificates', [
    { Name: 'client.p12', Attributes: { Password: KEY_STORE_PASSWORD } },
    { Name: 'client.pem', Attributes: { CN: 'client' } },
    { Name: 'trusted.pem', Content: Buffer.from(certificate).toString('base64') },
  ]);
  const trusting = { TrustStoreLocation: 'trusted.pem' };
  const p12 = { KeyStoreLocation: 'client.p12', KeyStorePassword: KEY_STORE_PASSWORD };
  await post(provider, 'subaccountDestinations', [
    http('CLIENT', DEMO_APPLICATION, 'OAuth2ClientCredentials', client),
    http('USER', DEMO_APPLICATION, 'OAuth2JWTBearer', client),
    http('BASIC', IAS, 'BasicAuthentication', {
      User: landscape.credential(CREDENTIAL.scim.id),
      Password: landscape.credential(CREDENTIAL.scim.secret),
    }),
    http('BROKEN', DEMO_APPLICATION, 'OAuth2ClientCredentials', { ...client, clientSecret: 'wrong' }),
    http('PKCS12', DEMO_APPLICATION, 'ClientCertificateAuthentication', { ...p12, ...trusting }),
    http('PEM', DEMO_APPLICATION, 'ClientCertificateAuthentication', { KeyStoreLocation: 'client.pem' }),
    http('BOTH', 'https://provider.example', 'NoAuthentication'),
    http('PROVIDER', 'https://provider.example', 'NoAuthentication'),
  ]);
  await post(provider, 'instanceDestinations', http('INSTANCE', 'https://instance.example', 'NoAuthentication'));
  await post(provider, 'subaccountDestinationFragments', { FragmentName: 'part', URL: 'https://fragment.example' });
  await post(subscriber, 'subaccountDestinations', http('BOTH', 'https://subscriber.example', 'NoAuthentication'));
}

/** A token of the subaccount that subscribed to the application, as the application fetches it there. */
function subscriberToken(landscape: ConformanceLandscape, key: Binding): Promise<string> {
  return clientToken(landscape, { ...key, url: key.url.replace('acme-dev', 'acme-test') });
}

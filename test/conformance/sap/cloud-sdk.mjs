// SAP Cloud SDK reads destinations as an application does that is bound to the Destination service, and sends requests by them.
import assert from 'node:assert/strict';
import { createSecureContext } from 'node:tls';
import { XsuaaService } from '@sap/xssec';
import * as sdk from '@sap-cloud-sdk/connectivity';
import { executeHttpRequest } from '@sap-cloud-sdk/http-client';
import { given, step } from './steps.mjs';

const { destinationKey, demo, cfApi, user, keyStorePassword, subscriber } = given;

process.env.VCAP_SERVICES = JSON.stringify({
  destination: [
    { name: 'destinations', label: 'destination', plan: 'lite', tags: ['destination'], credentials: destinationKey },
  ],
  xsuaa: [{ name: 'xsuaa', label: 'xsuaa', plan: 'application', tags: ['xsuaa'], credentials: demo }],
});

const find = (destinationName, options = {}) => sdk.getDestination({ destinationName, useCache: false, ...options });
const request = (destination, config) => executeHttpRequest(destination, config, { fetchCsrfToken: false });

await step('OAuth2Password', async () => {
  const destination = await find('CFAPI');
  assert.equal(destination?.url, cfApi);
  assert.equal(destination?.authentication, 'OAuth2Password');
  const { data } = await request(destination, { url: '/v3/organizations' });
  assert.deepEqual(
    data.resources.map((org) => org.name),
    ['acme-dev'],
  );
});
await step('OAuth2ClientCredentials', async () => {
  const { status, data } = await request({ destinationName: 'CLIENT' }, { url: '/security-context' });
  assert.equal(status, 200);
  assert.equal(data.clientId, demo.clientid);
});
await step('OAuth2JWTBearer', async () => {
  const { access_token: jwt } = await new XsuaaService(demo).fetchPasswordToken(user.name, user.password);
  const destination = await find('USER', { jwt });
  const { authorization } = await sdk.buildHeadersForDestination(destination);
  const [, payload] = authorization.split('.');
  assert.equal(JSON.parse(Buffer.from(payload, 'base64url').toString()).user_name, user.name);
  const { data } = await request(destination, { url: '/security-context' });
  assert.equal(data.user.logonName, user.name);
});
await step('BasicAuthentication', async () => {
  const { data } = await request({ destinationName: 'BASIC' }, { url: '/scim/Users', params: { count: 1 } });
  assert.equal(data.itemsPerPage, 1);
});
await step('failed token', async () => {
  const destination = await find('BROKEN');
  assert.equal(destination.authTokens[0].expiresIn, '0');
  await assert.rejects(sdk.buildHeadersForDestination(destination), /Bad credentials/);
});
await step('client certificate as PKCS#12', async () => {
  const destination = await find('PKCS12');
  assert.deepEqual(
    destination.certificates.map(({ name }) => name),
    ['client.p12', 'trusted.pem'],
  );
  const { httpsAgent } = await sdk.getAgentConfig(destination);
  assert.equal(httpsAgent.options.passphrase, keyStorePassword);
  createSecureContext(httpsAgent.options);
  assert.ok(destination.trustStoreCertificate ?? httpsAgent.options.ca);
});
await step('client certificate as PEM', async () => {
  const { httpsAgent } = await sdk.getAgentConfig(await find('PEM'));
  assert.match(String(httpsAgent.options.cert), /BEGIN CERTIFICATE/);
  createSecureContext(httpsAgent.options);
});
await step('fragment', async () => {
  // The SDK itself sends no fragments; an application does so by hand, with its token.
  const authorization = `Bearer ${await sdk.serviceToken('destination')}`;
  const url = `${destinationKey.uri}/destination-configuration/v1/destinations/PROVIDER`;
  const response = await fetch(url, { headers: { authorization, 'X-fragment-name': 'part' } });
  const { destinationConfiguration } = await response.json();
  assert.equal(destinationConfiguration.URL, 'https://fragment.example');
});
await step('subscriber first, provider as fallback', async () => {
  const jwt = subscriber;
  assert.equal((await find('BOTH', { jwt })).url, 'https://subscriber.example');
  assert.equal((await find('PROVIDER', { jwt })).url, 'https://provider.example');
  const { alwaysProvider, alwaysSubscriber } = sdk;
  assert.equal((await find('BOTH', { jwt, selectionStrategy: alwaysProvider })).url, 'https://provider.example');
  assert.equal(await find('PROVIDER', { jwt, selectionStrategy: alwaysSubscriber }), null);
});
await step('instance level', async () => {
  assert.equal((await find('INSTANCE')).url, 'https://instance.example');
});
await step('all destinations', async () => {
  const all = await sdk.getAllDestinationsFromDestinationService({});
  const names = all.map((one) => one.name);
  for (const name of ['CFAPI', 'CLIENT', 'USER', 'BASIC', 'INSTANCE']) assert.ok(names.includes(name), name);
});
await step('unknown destination', async () => {
  assert.equal(await find('NONE'), null);
});

// SAP Cloud SDK reads destinations as an application does that is bound to the Destination service.
import assert from 'node:assert/strict';
import * as sdk from '@sap-cloud-sdk/connectivity';
import { given, step } from './steps.mjs';

const { destinationKey, cfApi } = given;

process.env.VCAP_SERVICES = JSON.stringify({
  destination: [
    { name: 'destinations', label: 'destination', plan: 'lite', tags: ['destination'], credentials: destinationKey },
  ],
});

const destination = await step('getDestination', async () => {
  const found = await sdk.getDestination({ destinationName: 'CFAPI', useCache: false });
  assert.equal(found?.url, cfApi);
  assert.equal(found?.authentication, 'OAuth2Password');
  return found;
});
await step('token of the destination', async () => {
  const { authorization } = await sdk.buildHeadersForDestination(destination);
  const response = await fetch(`${cfApi}/v3/organizations`, { headers: { authorization } });
  assert.equal(response.status, 200);
  assert.deepEqual(
    (await response.json()).resources.map((org) => org.name),
    ['acme-dev'],
  );
});
await step('all destinations', async () => {
  const all = await sdk.getAllDestinationsFromDestinationService({});
  assert.deepEqual(
    all.map((one) => one.name),
    ['CFAPI'],
  );
});
await step('unknown destination', async () => {
  assert.equal(await sdk.getDestination({ destinationName: 'NONE', useCache: false }), null);
});

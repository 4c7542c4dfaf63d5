// SAP Cloud SDK finds the key of the Destination service wherever @sap/xsenv looks for it, and needs no other binding.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getDestination } from '@sap-cloud-sdk/connectivity';
import { given, step } from './steps.mjs';

const { destinationKey, cfApi } = given;
const PLACES = ['VCAP_SERVICES', 'VCAP_SERVICES_FILE_PATH', 'SERVICE_BINDING_ROOT'];
const SERVICES = JSON.stringify({
  destination: [{ name: 'destination', label: 'destination', tags: ['destination'], credentials: destinationKey }],
});

/** Writes each entry as a file of its name. */
function folderOf(root, name, entries) {
  const folder = path.join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, value] of Object.entries(entries)) writeFileSync(path.join(folder, file), value);
  return root;
}

async function finds(place, value) {
  for (const other of PLACES) delete process.env[other];
  process.env[place] = value;
  const destination = await getDestination({ destinationName: 'CFAPI', useCache: false });
  assert.equal(destination?.url, cfApi);
  assert.ok(destination.authTokens[0].value);
}

const folder = mkdtempSync(path.join(tmpdir(), 'locum-bindings-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

await step('binding in the environment', () => finds('VCAP_SERVICES', SERVICES));
await step('binding in a file', () => {
  folderOf(folder, 'file', { 'services.json': SERVICES });
  return finds('VCAP_SERVICES_FILE_PATH', path.join(folder, 'file/services.json'));
});
await step('binding in a folder of Kubernetes', () =>
  finds('SERVICE_BINDING_ROOT', folderOf(path.join(folder, 'k8s'), 'destination/acme-dev', destinationKey)),
);
await step('binding in a folder of the service operator', () => {
  const text = (name) => ({ name, format: 'text' });
  const meta = { type: 'destination', label: 'destination', tags: '["destination"]' };
  const described = {
    metaDataProperties: [text('type'), text('label'), { name: 'tags', format: 'json' }],
    credentialProperties: Object.keys(destinationKey).map(text),
  };
  const entries = { ...destinationKey, ...meta, '.metadata': JSON.stringify(described) };
  return finds('SERVICE_BINDING_ROOT', folderOf(path.join(folder, 'operator'), 'acme-dev', entries));
});

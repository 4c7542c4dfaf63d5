import { expect, test } from 'vitest';
import type { DestinationObserved } from './destination.ts';
import { flawsOf } from './flaws.ts';
import { type Target, writeProperties } from './presets.ts';

const EMAIL = 'robot@sap-test.de';
const SPACE = { guid: '11111111-2222-4333-8444-555555555555', name: 'a,b' };

const ctms: Target = {
  preset: 'ctms-deploy',
  api: 'https://api.cf.eu10-004.hana.ondemand.com',
  originKey: 'acme-platform',
  org: { guid: 'org', name: "o'r g+1" },
  space: SPACE,
};
const cfApi: Target = { ...ctms, preset: 'cf-api' };

function flaws(target: Target, change: Readonly<Record<string, string | undefined>> = {}): readonly string[] {
  const properties = { ...writeProperties(target, 'D', EMAIL), ...change };
  const kept = Object.entries(properties).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const observed: DestinationObserved = {
    properties: Object.fromEntries(kept),
    password: 'matches',
    clientSecret: false,
    otherSecrets: [],
  };
  return flawsOf(observed, target, EMAIL).map((flaw) => flaw.code);
}

const deploy = (path: string) => `https://deploy-service.cf.eu10-004.hana.ondemand.com/slprot/${path}/slp`;

test('finds nothing wrong with what the presets write', () => {
  expect(flaws(ctms)).toEqual([]);
  expect(flaws(cfApi)).toEqual([]);
});

test.each([
  ['the GUID of the space instead of the names', ctms, { URL: deploy(SPACE.guid) }],
  ['a trailing slash of the token service', ctms, { tokenServiceURL: 'https://login.cf.eu10-004.hana.ondemand.com/' }],
  [
    'the uaa host',
    cfApi,
    {
      tokenServiceURL:
        'https://uaa.cf.eu10-004.hana.ondemand.com/oauth/token?login_hint=%7B%22origin%22:%22acme-platform%22%7D',
    },
  ],
  [
    'the origin in a query property',
    cfApi,
    {
      tokenServiceURL: 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token',
      'tokenServiceURL.queries.login_hint': '{"origin":"acme-platform"}',
    },
  ],
  [
    'the origin in a form property',
    cfApi,
    {
      tokenServiceURL: 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token',
      'tokenService.body.login_hint': '{"origin":"acme-platform"}',
    },
  ],
  ['upper case in the user name', ctms, { User: 'Robot@SAP-test.de' }],
] as const)('accepts %s', (_what, target, change) => {
  expect(flaws(target, change)).toEqual([]);
});

test.each([
  ['org and space that are not encoded', ctms, { URL: deploy("o'r g+1/a,b") }],
  ['org and space encoded together', ctms, { URL: deploy("o'r%20g%2B1%2Fa%2Cb") }],
  ['another space', ctms, { URL: deploy("o'r%20g%2B1/other") }],
  ["another space's GUID", ctms, { URL: deploy('99999999-2222-4333-8444-555555555555') }],
  [
    'the landscape without its extension',
    ctms,
    { URL: 'https://deploy-service.cf.eu10.hana.ondemand.com/slprot/a/b/slp' },
  ],
  ['no SLP path', ctms, { URL: 'https://deploy-service.cf.eu10-004.hana.ondemand.com/' }],
  ['http', ctms, { URL: 'http://deploy-service.cf.eu10-004.hana.ondemand.com/slprot/a/b/slp' }],
  ['the API of another landscape', cfApi, { URL: 'https://api.cf.us20.hana.ondemand.com' }],
  ['no URL', cfApi, { URL: undefined }],
] as const)('finds %s in the URL', (_what, target, change) => {
  expect(flaws(target, change)).toEqual(['DESTINATION_URL']);
});

test('finds a missing origin', () => {
  expect(flaws(ctms, { origin: undefined })).toEqual(['DESTINATION_ORIGIN']);
});

test('finds a token service that is asked over http', () => {
  expect(flaws(ctms, { tokenServiceURL: 'http://login.cf.eu10-004.hana.ondemand.com' })).toEqual([
    'DESTINATION_TOKEN_URL',
  ]);
});

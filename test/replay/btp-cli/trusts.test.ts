import { expect, test } from 'vitest';
import { platformTrusts } from './landscape.ts';
import type { Recording } from './recorded.ts';
import { survey } from './survey.ts';
import { recordedMappings } from './users.ts';

const ACCOUNT = 'a0000000-0000-4000-8000-000000000001';
const hosts = ['one', 'two', 'three', 'four'].map((name) => `${name}.accounts.ondemand.com`);

const answered = (cassette: string, command: string, paramValues: object, responseBody: unknown): Recording => ({
  cassette,
  index: 0,
  url: 'https://cli.btp.cloud.sap/command/v2.106.1',
  command,
  action: command === 'security/trust' ? 'list' : 'get',
  requestHeaders: {},
  requestBody: { paramValues: { ...paramValues } },
  status: 200,
  responseHeaders: { 'X-Cpcli-Backend-Status': '200' },
  responseBody,
  responseBodyKind: 'json',
});

const trust = (typeOfTrust: string, originKey: string, identityProvider: string) => {
  return { typeOfTrust, originKey, identityProvider, name: originKey, description: null, originKeyCfuaa: null };
};

const mapping = (host: string | undefined) => ({
  roleCollectionName: 'Auditors',
  attributeName: 'Groups',
  attributeValue: 'auditors',
  samlEntityId: `https://${host}`,
});

const ofSubaccount = answered('a', 'security/trust', { subaccount: 's' }, [
  trust('Application', 'sap.custom', hosts[3] ?? ''),
]);
const ofAccount = answered(
  'b',
  'security/trust',
  {},
  hosts.map((host) => trust('Platform', `${host.split('.')[0]}-platform`, host)),
);
const mapped = answered(
  'c',
  'security/role-collection',
  {},
  { name: 'Auditors', samlAttributeAssignment: [mapping(hosts[3])] },
);
const known = survey([ofSubaccount, ofAccount, mapped]);

test('the platform trusts that a sequence speaks of come before those of others', () => {
  const named = (cassette: readonly Recording[]) =>
    platformTrusts(cassette, known).map(({ identityProvider }) => identityProvider);
  expect(named([])).toEqual(hosts);
  expect(named([mapped])).toEqual([hosts[3], ...hosts.slice(0, 3)]);
});

test('a mapping of the global account is of its platform trust, whatever a subaccount calls that identity provider', () => {
  expect(recordedMappings([mapped], ACCOUNT, known)).toMatchObject([{ zone: ACCOUNT, originKey: 'four-platform' }]);
});

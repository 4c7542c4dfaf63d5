import { expect, test } from 'vitest';
import type { Recording } from './recorded.ts';
import { foreignHeaders, isGone, isOfItsTime, todaysHeader, todaysPath } from './times.ts';

const at = (date: string, more: Partial<Recording> = {}): Recording => ({
  cassette: 'c',
  index: 0,
  url: 'https://cli.btp.cloud.sap/command/v2.106.1/accounts/subaccount?list',
  command: 'accounts/subaccount',
  action: 'list',
  requestHeaders: {},
  requestBody: {},
  status: 200,
  responseHeaders: { Date: new Date(date).toUTCString(), ...more.responseHeaders },
  responseBody: {},
  responseBodyKind: 'json',
  ...more,
});
const login = { command: null, action: null };

test('a key that came later is no difference before its day, and one from its day on', () => {
  const misfit = '.value[].lastModifiedBy is new';
  expect(isOfItsTime(at('2026-02-23'), misfit)).toBe(true);
  expect(isOfItsTime(at('2026-02-24'), misfit)).toBe(false);
  expect(isOfItsTime(at('2023-01-01'), '.value[].guid is missing')).toBe(false);
  expect(isOfItsTime(at('2023-01-01', { command: 'security/user' }), misfit)).toBe(false);
});

test('a key that went is no difference until its last day', () => {
  expect(isOfItsTime(at('2026-06-24T23:00:00Z', login), '.refreshToken is missing')).toBe(true);
  expect(isOfItsTime(at('2026-06-25', login), '.refreshToken is missing')).toBe(false);
});

test('a time that is not told excuses nothing', () => {
  const undated = { ...at('2023-01-01'), responseHeaders: {} };
  expect(isOfItsTime(undated, '.value[].lastModifiedBy is new')).toBe(false);
});

test('headers are compared as they would be sent today', () => {
  const type = { 'X-Cpcli-Backend-Mediatype': 'application/json;charset=utf-8' };
  const listed = (date: string) => {
    const recorded = at(date, { command: 'security/user' });
    return { ...recorded, responseHeaders: { ...recorded.responseHeaders, ...type } };
  };
  expect(todaysHeader(listed('2025-01-29'), 'x-cpcli-backend-mediatype')).toBe('application/json');
  expect(todaysHeader(listed('2026-01-29'), 'x-cpcli-backend-mediatype')).toBe('application/json;charset=utf-8');
});

test('a version of the protocol that is refused today is played as ours, unless it was refused then', () => {
  const url = 'https://cli.btp.cloud.sap/login/v2.38.0';
  expect(todaysPath(at('2023-06-01', { url }))).toMatch(/^\/login\/v2\.(?!38)/);
  expect(todaysPath(at('2023-06-01', { url, status: 412 }))).toBe('/login/v2.38.0');
  expect(todaysPath(at('2025-06-01', { url: url.replace('38', '97') }))).toBe('/login/v2.97.0');
});

test('redirects and answers with refresh tokens only are of a protocol that is gone', () => {
  expect(isGone(at('2024-01-01', { status: 307 }))).toBe(true);
  expect(isGone(at('2023-06-01', login))).toBe(true);
  const session = { responseHeaders: { 'X-Cpcli-Sessionid': 'redacted' } };
  expect(isGone(at('2024-06-01', { ...login, ...session }))).toBe(false);
  expect(foreignHeaders(at('2024-01-01', { requestHeaders: { 'X-Id-Token': 'redacted' } }))).toContain('referer');
  expect(foreignHeaders(at('2024-01-01'))).toEqual([]);
});

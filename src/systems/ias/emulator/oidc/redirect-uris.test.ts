import { expect, test } from 'vitest';
import { isRedirectUri, matchesRedirectUri } from './redirect-uris.ts';

test.each([
  'https://example.com',
  'https://10.11.12.13',
  'https://example.com:70/path',
  'http://localhost',
  'http://127.0.0.1:*/some/path',
  'http://*.localhost:*',
  'https://*.test.example.com',
  'https://app.*foo.test.example.com',
  'https://app.foo*.test.example.com',
  'https://example.com/path/*/path2',
  'https://example.com/**',
  'custom-schema://example',
])('takes %s', (uri) => {
  expect(isRedirectUri(uri)).toBe(true);
});

test.each([
  'http://example.com',
  'ftp://example.com',
  'javascript://x',
  'https://*.example.com',
  'https://*.*.test.example.com',
  'https://fo*o.test.example.com',
  'https://example.com:*',
  'https://example.com/**/x',
  'https://example.com/x*',
  'https://example.com/#x',
  'example.com',
])('does not take %s', (uri) => {
  expect(isRedirectUri(uri)).toBe(false);
});

test.each([
  ['https://a.example/cb', 'https://a.example/cb'],
  ['https://a.example/cb', 'https://a.example:443/cb?x=1'],
  ['https://a.example', 'https://a.example/'],
  ['https://*.test.a.example', 'https://one.test.a.example'],
  ['https://x.foo*.test.a.example', 'https://x.foobar.test.a.example'],
  ['https://a.example/*/cb', 'https://a.example/one/cb'],
  ['https://a.example/x/**', 'https://a.example/x/y/z'],
  ['http://localhost:*', 'http://localhost:8080'],
  ['my-app://cb', 'my-app://cb'],
])('%s is good for %s', (registered, uri) => {
  expect(matchesRedirectUri([registered], uri)).toBe(true);
});

test.each([
  ['https://a.example/cb', 'https://a.example/cb/more'],
  ['https://a.example/cb', 'http://a.example/cb'],
  ['https://a.example/cb', 'https://a.example:444/cb'],
  ['https://a.example/cb', 'https://user@a.example/cb'],
  ['https://a.example/cb', 'https://a.example/cb#fragment'],
  ['https://a.example/**', 'https://a.example/x/../../y'],
  ['https://a.example/**', 'https://a.example/%2e%2e/y'],
  ['https://a.example/**', 'https://a.example\\@evil.example/'],
  ['https://*.test.a.example', 'https://evil.example/.test.a.example'],
  ['https://*.test.a.example', 'https://a.b.test.a.example'],
  ['https://*.test.a.example', 'https://.test.a.example'],
  ['https://a.example/*/cb', 'https://a.example/one/two/cb'],
  ['http://localhost:*', 'http://localhost.evil.example'],
  ['https://a.example/cb', ''],
])('%s is not good for %s', (registered, uri) => {
  expect(matchesRedirectUri([registered], uri)).toBe(false);
});

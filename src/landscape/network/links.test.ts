import { describe, expect, test } from 'vitest';
import { mayHoldLinks, toLocalLinks, toProductionLinks } from './links.ts';

const ports = {
  portOf: (host: string) => ({ 'api.cf.eu10.hana.ondemand.com': 4001, 'acme.accounts.ondemand.com': 4002 })[host],
  hostOf: (port: number) => ({ 4001: 'api.cf.eu10.hana.ondemand.com', 4002: 'acme.accounts.ondemand.com' })[port],
};

describe('production links become local ones', () => {
  test.each([
    ['as they are', 'https://api.cf.eu10.hana.ondemand.com/v3', 'http://localhost:4001/v3'],
    ['with the default port', 'https://api.cf.eu10.hana.ondemand.com:443/v3', 'http://localhost:4001/v3'],
    ['in another case', 'HTTPS://Acme.Accounts.ondemand.com', 'http://localhost:4002'],
    [
      'with escaped slashes',
      String.raw`https:\/\/acme.accounts.ondemand.com\/x`,
      String.raw`http:\/\/localhost:4002\/x`,
    ],
    ['in a query', '?r=https%3A%2F%2Facme.accounts.ondemand.com%2Fx', '?r=http%3A%2F%2Flocalhost%3A4002%2Fx'],
    ['encoded twice', 'https%253A%252F%252Facme.accounts.ondemand.com', 'http%253A%252F%252Flocalhost%253A4002'],
    ['at the end of a sentence', 'See https://acme.accounts.ondemand.com.', 'See http://localhost:4002.'],
  ])('%s', (_, production, local) => {
    expect(toLocalLinks(production, ports)).toBe(local);
  });

  test.each([
    ['an unknown host', 'https://elsewhere.ondemand.com/'],
    ['a host that only begins like a known one', 'https://acme.accounts.ondemand.com.evil.example/'],
    ['a host that only ends like a known one', 'https://x.acme.accounts.ondemand.com/'],
    ['another port', 'https://acme.accounts.ondemand.com:8443/'],
    ['a port that begins with 443', 'https://acme.accounts.ondemand.com:4430/'],
    ['a bare host name', 'acme.accounts.ondemand.com'],
  ])('but not %s', (_, text) => {
    expect(toLocalLinks(text, ports)).toBe(text);
  });
});

test('what became local becomes production again, whatever the encoding', () => {
  const text = [
    'https://api.cf.eu10.hana.ondemand.com/v3?x=https%3A%2F%2Facme.accounts.ondemand.com%2F',
    String.raw`{"a":"https:\/\/acme.accounts.ondemand.com"}`,
    'https%253A%252F%252Facme.accounts.ondemand.com',
  ].join(' ');
  expect(toProductionLinks(toLocalLinks(text, ports), ports)).toBe(text);
});

test.each(['http://localhost:4003/', 'http://localhost:40011/', 'http://otherhost:4001/', 'http://localhost/'])(
  'leaves %s, which is none of ours',
  (text) => {
    expect(toProductionLinks(text, ports)).toBe(text);
  },
);

test('takes the other name of loopback too', () => {
  expect(toProductionLinks('http://127.0.0.1:4002/x', ports)).toBe('https://acme.accounts.ondemand.com/x');
});

test.each([
  ['application/json', true],
  ['application/scim+json;charset=utf-8', true],
  ['application/samlmetadata+xml', true],
  ['text/html; charset=UTF-8', true],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', false],
  ['multipart/form-data; boundary=x', false],
  [null, false],
])('bodies of type %s may hold links: %s', (type, expected) => {
  expect(mayHoldLinks(type)).toBe(expected);
});

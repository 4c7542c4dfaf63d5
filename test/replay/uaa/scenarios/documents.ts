import type { Scenario } from '../../scenarios/step.ts';

const json = { accept: 'application/json' };

/** What clients read before they log in, and keys. */
export const documents: Scenario = {
  name: 'documents',
  steps: [
    { method: 'GET', path: '/info' },
    { method: 'GET', path: '/info', host: 'login' },
    { method: 'GET', path: '/login', host: 'login' },
    { method: 'GET', path: '/login?origin=acme-platform', host: 'login' },
    { method: 'GET', path: '/login?login_hint=%7B%22origin%22%3A%22nobody%22%7D', host: 'login' },
    { method: 'GET', path: '/login', headers: { accept: 'text/plain' } },
    { method: 'GET', path: '/login', headers: { accept: '*/*' } },
    { method: 'GET', path: '/info', headers: { accept: '*/*' } },
    { method: 'GET', path: '/.well-known/openid-configuration' },
    { method: 'GET', path: '/.well-known/openid-configuration', host: 'login' },
    { method: 'GET', path: '/oauth/token/.well-known/openid-configuration' },
    { method: 'GET', path: '/token_keys', headers: json, keep: { tag: 'header:etag' } },
    { method: 'GET', path: '/token_keys', headers: { 'if-none-match': '{tag}' } },
    { method: 'GET', path: '/token_keys', headers: { 'if-none-match': '"1"' } },
    { method: 'GET', path: '/token_key' },
    { method: 'GET', path: '/token_keys', basic: 'admin:{admin-secret}' },
    { method: 'GET', path: '/token_key', basic: 'admin:{admin-secret}' },
    { method: 'GET', path: '/token_keys', basic: 'admin:wrong' },
    { method: 'POST', path: '/token_keys' },
    { method: 'GET', path: '/userinfo' },
    { method: 'POST', path: '/introspect' },
    { method: 'GET', path: '/introspect' },
    { method: 'POST', path: '/check_token' },
    { method: 'GET', path: '/check_token' },
    { method: 'GET', path: '/Users' },
    { method: 'GET', path: '/Groups' },
    { method: 'GET', path: '/oauth/clients' },
    { method: 'GET', path: '/ids/Users' },
    { method: 'GET', path: '/oauth/token/list' },
    { method: 'GET', path: '/passcode' },
    { method: 'GET', path: '/passcode', headers: { accept: 'text/html' } },
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/', headers: { accept: 'text/html' } },
    { method: 'GET', path: '/healthz', headers: { accept: '*/*' } },
  ],
};

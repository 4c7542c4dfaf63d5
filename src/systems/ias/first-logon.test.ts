import { expect, test } from 'vitest';
import { RemoteError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { context } from '../../kernel/testing.ts';
import { completeFirstLogon } from './first-logon.ts';

const HOST = 'acme.accounts.ondemand.com';

interface Reply {
  readonly html?: string;
  readonly location?: string;
  readonly cookie?: string;
  readonly status?: number;
}

/** A tenant whose pages are told one by one; keeps what it was sent. */
function tenant(...replies: readonly Reply[]) {
  const requests: { method: string; url: string; cookie: string | null; form: Record<string, string> }[] = [];
  const ctx: SystemContext = {
    ...context(),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { method, url } = request;
      const form = Object.fromEntries(new URLSearchParams(await request.text()));
      requests.push({ method, url, cookie: request.headers.get('cookie'), form });
      const { html = '', location, cookie, status = location ? 302 : 200 } = replies[requests.length - 1] ?? {};
      const headers = new Headers({ 'content-type': 'text/html' });
      if (location) headers.set('location', location);
      if (cookie) headers.append('set-cookie', cookie);
      return new Response(status === 302 ? null : html, { status, headers });
    },
  };
  const logon = { host: HOST, userName: 'robot', initial: new Secret('old one'), final: new Secret('new & final') };
  return { requests, run: () => completeFirstLogon(ctx, logon) };
}

const form = (inner: string, action = '/next', method = 'post') =>
  `<form method="${method}" action="${action}">${inner}</form>`;
const hidden = '<input type="hidden" name="xsrf" value="a&quot;b">';
const signIn = form(
  `${hidden}<input name="j_username"><input type="password" name="j_password"><input type="submit" name="go">`,
);
const change = form(
  '<input type="password" name="p1"><input type="password" name="p2"><input type="password" name="p3">',
);
const done = '<p>Your profile</p>';

test('signs in, changes the password and keeps hidden fields and cookies', async () => {
  const { requests, run } = tenant(
    { location: '/ui/profile', cookie: 'session=1; Path=/; HttpOnly' },
    { html: `<form action="/search"><input type="search" name="q"></form>${signIn}` },
    { html: change, cookie: 'session=2' },
    { location: '/ui/profile' },
    { html: done },
  );
  await run();
  expect(requests.map(({ method, url, cookie }) => `${method} ${url} ${cookie}`)).toEqual([
    `GET https://${HOST}/ null`,
    `GET https://${HOST}/ui/profile session=1`,
    `POST https://${HOST}/next session=1`,
    `POST https://${HOST}/next session=2`,
    `GET https://${HOST}/ui/profile session=2`,
  ]);
  expect(requests[2]?.form).toEqual({ xsrf: 'a"b', j_username: 'robot', j_password: 'old one' });
  expect(requests[3]?.form).toEqual({ p1: 'old one', p2: 'new & final', p3: 'new & final' });
});

test('asks for the name first where the tenant does', async () => {
  const { requests, run } = tenant(
    { html: form('<input type="email" name="id">') },
    { html: form('<input type="password" name="pw">') },
    { html: form('<input type="password" name="n1"><input type="password" name="n2">') },
    { html: done },
  );
  await run();
  expect(requests.slice(1).map((request) => request.form)).toEqual([
    { id: 'robot' },
    { pw: 'old one' },
    { n1: 'new & final', n2: 'new & final' },
  ]);
});

test('believes a form that says which password is which', async () => {
  const swapped = form(
    '<input type="password" name="a" autocomplete="new-password"><input type="password" name="b" autocomplete="new-password">' +
      '<input type="password" name="c" autocomplete="current-password"><input type="checkbox" name="d" checked value="1">' +
      '<input type="checkbox" name="e" value="1">',
  );
  const { requests, run } = tenant({ html: signIn }, { html: swapped }, { html: done });
  await run();
  expect(requests[2]?.form).toEqual({ a: 'new & final', b: 'new & final', c: 'old one', d: '1' });
});

test('is content when the tenant asks to sign in anew after the change', async () => {
  await expect(tenant({ html: signIn }, { html: change }, { html: signIn }).run()).resolves.toBeUndefined();
});

test.each([
  ['the sign-in is refused', [{ html: signIn }, { html: signIn, status: 401 }], 2],
  ['the new password is refused', [{ html: signIn }, { html: change }, { html: change }], 3],
  ['there is no form', [{ html: done }], 1],
  [
    'it is sent to another host',
    [{ html: form('<input name="u"><input type="password" name="p">', 'https://evil.example/') }],
    1,
  ],
  ['it is led to another host', [{ location: 'https://evil.example/' }], 1],
  ['it is led to plain http', [{ location: `http://${HOST}/` }], 1],
  [
    'the password would stand in a URL',
    [{ html: form('<input name="u"><input type="password" name="p">', '/', 'get') }],
    1,
  ],
  ['redirects go round', Array.from({ length: 20 }, () => ({ location: '/' })), 10],
])('gives up when %s', async (_case, replies: readonly Reply[], requests) => {
  const pretend = tenant(...replies);
  const error = await pretend.run().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RemoteError);
  expect(String(error)).not.toMatch(/old one|new & final/);
  expect(pretend.requests).toHaveLength(requests);
});

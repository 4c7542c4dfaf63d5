import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatedRoutes } from '../../scripts/docs/fidelity/routes.ts';
import { matchHost } from '../../src/emulation/mount.ts';
import { type Identity, nastyBody, nastyText, openIdentity } from './identity.ts';

let identity: Identity;
let hosts: readonly string[];
beforeAll(async () => {
  identity = await openIdentity();
  hosts = (await identity.landscape.hosts()).map(({ host }) => host);
});
afterAll(() => identity[Symbol.asyncDispose]());

const routes = emulatedRoutes();

/** Parameters of a path with these texts in their places; what a pattern does not let through goes to no route. */
function filled(path: string, texts: readonly string[]): string {
  let next = 0;
  return path
    .replaceAll(/:\w+(?:\{(?:[^{}]|\{[^{}]*\})*\})?\??/g, () => {
      const text = (texts[next++ % texts.length] ?? '').toWellFormed();
      return encodeURIComponent(text) || 'x';
    })
    .replaceAll('*', 'x');
}

const type = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/xml',
);

const anything = fc.record({
  texts: fc.array(nastyText, { minLength: 1, maxLength: 3 }),
  query: fc.dictionary(nastyText, nastyText, { maxKeys: 3 }),
  body: nastyBody,
  type,
  caller: fc.constantFrom('nobody', 'administrator', 'application', 'bearer'),
});

test('no route of the landscape fails, whatever path, query and body it gets', async () => {
  const callers = {
    administrator: identity.basic.scim,
    application: identity.basic.application,
    bearer: 'Bearer x.y.z',
  };
  const taken = new Set<string>();
  for (const { pattern, method, path } of routes) {
    const host = hosts.find((known) => matchHost(pattern, known));
    if (host === undefined) continue;
    const verb = method === 'ALL' ? 'POST' : method;
    const ask = async ({
      texts,
      query,
      body,
      type: contentType,
      caller,
    }: typeof anything extends fc.Arbitrary<infer T> ? T : never) => {
      const search = path.includes('?') ? '' : `?${new URLSearchParams(query)}`;
      const response = await identity.landscape.fetch(`https://${host}${filled(path, texts)}${search}`, {
        method: verb,
        headers: {
          'content-type': contentType,
          ...(caller === 'nobody' ? {} : { authorization: callers[caller] }),
        },
        redirect: 'manual',
        ...(verb === 'GET' ? {} : { body }),
      });
      // A parameter that the route's pattern does not take leads to no route: that is a 501, and no failure.
      if (response.status !== 501) taken.add(`${pattern} ${method} ${path}`);
      expect(response.status === 501 || response.status < 500, `${response.status} ${method} ${host}${path}`).toBe(
        true,
      );
    };
    await fc.assert(fc.asyncProperty(anything, ask), { numRuns: 3 });
  }
  expect(taken.size).toBeGreaterThan(routes.length / 2);
});

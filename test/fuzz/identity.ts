import fc from 'fast-check';
import { expect } from 'vitest';
import { createLandscape, type Landscape } from '../../src/landscape/index.ts';
import { CREDENTIAL, PERSON, UAA_INSPECTOR, withConformanceSeed } from '../conformance/seed.ts';
import { acmeSeed } from '../fixtures/acme.ts';

/** Hosts that the fuzzing asks. */
export const HOST = {
  ias: 'https://acme-platform.accounts.ondemand.com',
  uaa: 'https://uaa.cf.eu10-004.hana.ondemand.com',
  xsuaa: 'https://acme-dev.authentication.eu10.hana.ondemand.com',
} as const;

/** The acme landscape in memory without rate limits, and what proves a caller in it. */
export interface Identity extends AsyncDisposable {
  readonly landscape: Landscape;
  readonly person: { readonly userName: string; readonly password: string };
  /** `Authorization` headers. */
  readonly basic: Readonly<Record<'scim' | 'application' | 'cf' | 'inspector' | 'xsuaa', string>>;
}

export async function openIdentity(): Promise<Identity> {
  const landscape = await createLandscape({
    seed: withConformanceSeed(acmeSeed()),
    effort: 'least',
    // Nobody waits: what a service lets its caller wait for is not what is asked here.
    context: { sleep: async () => undefined },
    switches: { 'ias.rateLimit': false, 'xsuaa.rateLimit': false },
  });
  const credentials = landscape.credentials();
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  const of = (name: string) => credentials[name] ?? '';
  const key: unknown = JSON.parse(of('ACME_DEV_DESTINATION_KEY'));
  const { clientid, clientsecret } = Object(key);
  return {
    landscape,
    person: { userName: PERSON.email, password: of(CREDENTIAL.password) },
    basic: {
      scim: basic(of(CREDENTIAL.scim.id), of(CREDENTIAL.scim.secret)),
      application: basic(of(CREDENTIAL.ias.id), of(CREDENTIAL.ias.secret)),
      cf: basic('cf', ''),
      inspector: basic(UAA_INSPECTOR, of(CREDENTIAL.uaaSecret)),
      xsuaa: basic(String(clientid), String(clientsecret)),
    },
    [Symbol.asyncDispose]: () => landscape[Symbol.asyncDispose](),
  };
}

/** Asserts that a service answered, and that the answer is not that it failed. */
export async function answered(response: Promise<Response>, asked: string): Promise<Response> {
  const { status } = await response;
  expect(status, asked).toBeLessThan(500);
  return response;
}

/** Texts that parsers stumble over, and any other. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  fc.constantFrom(
    ...['', ' ', '\0', '%', '%zz', '%u0041', '+', '"', '\\', "'", '{', '}', '[]', 'null', '__proto__', 'constructor'],
    ...[
      'toString',
      '../..',
      '//',
      '\r\nx: y',
      '\u{1F600}',
      '\ud800',
      'é'.normalize('NFD'),
      'a'.repeat(5000),
      'true',
      '-1',
      '1e999',
    ],
  ),
);

/** JSON that a client would not send: other types, other depths, keys that objects have by birth. */
export const nastyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.oneof(nastyText, fc.constantFrom('id', 'value', 'members', 'schemas')),
    fc.jsonValue({ maxDepth: 2 }),
    {
      maxKeys: 6,
    },
  ),
);

/** Bodies that are not what their media type promises, too. */
export const nastyBody: fc.Arbitrary<string> = fc.oneof(
  nastyText,
  nastyJson.map((value) => JSON.stringify(value)),
  fc.constantFrom('{"a":', '[', '"', '{"__proto__":{"a":1}}', '['.repeat(20_000), `{"a":`.repeat(5000)),
);

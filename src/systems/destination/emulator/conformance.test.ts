// Judges the emulator's answers by the service's own API description, which is not part of this project.
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startLandscape } from './testing/landscape.ts';

const shared = process.env.LOCUM_SHARED ?? path.resolve('..', 'shared');
const file = path.join(shared, 'specs', 'destination-service.openapi.yaml');
const absent = existsSync(file) ? undefined : `${file} is not there`;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
}
interface Operation {
  readonly responses: Readonly<
    Record<
      string,
      { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>; readonly headers?: object }
    >
  >;
}
interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What of a value does not fit a schema; the keywords that the description uses. */
function misfits(spec: Spec, schema: Schema, value: unknown, at = '$'): readonly string[] {
  const named = schema.$ref?.replace('#/components/schemas/', '');
  if (named !== undefined) return misfits(spec, spec.components.schemas[named] ?? {}, value, at);
  if (schema.oneOf) {
    const all = schema.oneOf.map((one) => misfits(spec, one, value, at));
    return all.some((one) => one.length === 0) ? [] : all.flat();
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${String(value)} is none of ${schema.enum}`];
  // BulkDelete says `type: string` beside properties: the properties win.
  if (schema.properties) {
    if (typeof value !== 'object' || value === null) return [`${at} is no object`];
    const fields = new Map(Object.entries(value));
    const missing = (schema.required ?? [])
      .filter((name) => !fields.has(name))
      .map((name) => `${at}.${name} is missing`);
    const nested = Object.entries(schema.properties).flatMap(([name, one]) => {
      const inner = fields.get(name);
      // "could have null value" (schema Owner), which OpenAPI 3.0 cannot say without `nullable`.
      return inner === undefined || inner === null ? [] : misfits(spec, one, inner, `${at}.${name}`);
    });
    return [...missing, ...nested];
  }
  if (schema.items) {
    const { items } = schema;
    if (!Array.isArray(value)) return [`${at} is no array`];
    return value.flatMap((one, index) => misfits(spec, items, one, `${at}[${index}]`));
  }
  const kind = Number.isInteger(value) ? 'integer' : typeof value;
  return schema.type === undefined || schema.type === kind ? [] : [`${at} is a ${kind} instead of ${schema.type}`];
}

const A = { Name: 'A', Type: 'HTTP', URL: 'https://a', Authentication: 'NoAuthentication' };
const BASIC = { ...A, Name: 'T', Authentication: 'BasicAuthentication', User: 'u', Password: 'p' };
const FRAGMENT = { FragmentName: 'f' };
// For a key that is there already: making new ones takes long.
const GENERATED = {
  Name: 'g.pem',
  Attributes: { CN: 'g', CSR: await csr(), Validity: { TimeUnit: 'DAYS', Value: 30 } },
};
const BROKEN = { Name: 'b.pem', Content: 'bm90aGluZw==' };
const LOCKED = { Name: 'l.p12', Attributes: { Password: 'p' } };

async function csr(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm });
  return Buffer.from(request.toString('pem')).toString('base64');
}

type Call = readonly [method: string, described: string, target: string, status: number, body?: unknown];

/** On one level; each call builds on those before. */
function configurations(level: 'subaccount' | 'instance'): readonly Call[] {
  const [destinations, fragments, certificates] = ['Destinations', 'DestinationFragments', 'Certificates'].map(
    (kind) => `${level}${kind}`,
  );
  const one = (collection = '', name = '', status = 200, method = 'get', rest = ''): Call => {
    const kind = { D: 'destination', C: 'certificate' }[collection.replace(level, '')[0] ?? ''];
    const word = collection === fragments ? 'fragment' : kind;
    return [method, `/v1/${collection}/{${word} name}${rest}`, `${collection}/${name}${rest}`, status];
  };
  const all = (collection = '', method = '', status = 200, body?: unknown, query = ''): Call => [
    method,
    `/v1/${collection}`,
    `${collection}${query}`,
    status,
    body,
  ];
  return [
    all(destinations, 'post', 201, A),
    all(destinations, 'post', 409, A),
    all(destinations, 'post', 400, {}),
    all(destinations, 'post', 400, { ...A, Name: 'X', Type: 'FTP' }),
    all(destinations, 'post', 201, [BASIC]),
    all(destinations, 'post', 207, [A, { ...A, Name: 'B' }, { ...A, Name: 'X', Type: 'FTP' }]),
    all(destinations, 'put', 200, A),
    all(destinations, 'put', 404, { ...A, Name: 'Z' }),
    all(destinations, 'put', 200, [A]),
    all(destinations, 'put', 207, [A, { ...A, Name: 'Z' }]),
    all(destinations, 'get'),
    all(destinations, 'get', 200, undefined, '?$select=Name'),
    all(destinations, 'get', 200, undefined, '?$page=1&$pageCount=true&$entityCount=true'),
    all(destinations, 'get', 400, undefined, '?$page=1&$select=Name'),
    one(destinations, 'A'),
    one(destinations, 'Z', 404),
    all(fragments, 'post', 201, FRAGMENT),
    all(fragments, 'post', 409, FRAGMENT),
    all(fragments, 'put', 200, FRAGMENT),
    all(fragments, 'put', 400, { Name: 'f' }),
    all(fragments, 'get'),
    one(fragments, 'f'),
    one(fragments, 'z', 404),
    one(fragments, 'f', 200, 'delete'),
    all(certificates, 'post', 201, GENERATED),
    all(certificates, 'post', 201, LOCKED),
    all(certificates, 'post', 409, GENERATED),
    all(certificates, 'post', 400, BROKEN),
    all(certificates, 'post', 207, [BROKEN]),
    all(certificates, 'put', 200, GENERATED),
    all(certificates, 'put', 404, { ...GENERATED, Name: 'z.pem' }),
    all(certificates, 'put', 207, [BROKEN]),
    all(certificates, 'get'),
    all(certificates, 'get', 200, undefined, '?$select=Name'),
    all(certificates, 'get', 400, undefined, '?$pageSize=1'),
    one(certificates, 'g.pem'),
    one(certificates, 'z.pem', 404),
    one(certificates, 'g.pem', 200, 'get', '/publicKeys'),
    one(certificates, 'l.p12', 200, 'get', '/publicKeys'),
    one(certificates, 'z.pem', 404, 'get', '/publicKeys'),
    all(certificates, 'delete', 200, undefined, "?$filter=Name in ('l.p12','z.pem')"),
    one(certificates, 'g.pem', 200, 'delete'),
    one(certificates, 'g.pem', 404, 'delete'),
  ];
}

function removals(level: 'subaccount' | 'instance'): readonly Call[] {
  const path = `/v1/${level}Destinations`;
  return [
    ['delete', path, `${level}Destinations?$filter=Name in ('A','Z')`, 200],
    ['delete', `${path}/{destination name}`, `${level}Destinations/B`, 200],
    ['delete', `${path}/{destination name}`, `${level}Destinations/B`, 404],
  ];
}

const [TRUST, PASSIVE] = ['/v1/saml2Metadata/certificate', '/v1/saml2Metadata/certificate/passive'];
const ROTATE = '/v1/saml2Metadata/rotateCertificate';

const CALLS: readonly Call[] = [
  ...configurations('subaccount'),
  ...configurations('instance'),
  ['get', '/v1/destinations/{name}', 'destinations/A', 200],
  ['get', '/v1/destinations/{name}', 'destinations/T', 200],
  ['get', '/v1/destinations/{name}', 'destinations/Z', 404],
  ['get', '/v2/destinations/{name}', 'v2/destinations/T?$includeMetadata=owner', 200],
  ['get', '/v2/destinations/{name}', 'v2/destinations/Z', 404],
  ['get', '/v2/destinations/{name}@{level}', 'v2/destinations/T@subaccount', 200],
  ['get', '/v2/destinations/{name}@{level}', 'v2/destinations/T@nowhere', 400],
  ...removals('subaccount'),
  ...removals('instance'),
  ['get', '/v1/saml2Metadata', 'saml2Metadata', 404],
  ['get', TRUST, 'saml2Metadata/certificate', 404],
  ['post', TRUST, 'saml2Metadata/certificate', 200],
  ['post', TRUST, 'saml2Metadata/certificate', 400, {}],
  ['get', TRUST, 'saml2Metadata/certificate', 200],
  ['get', PASSIVE, 'saml2Metadata/certificate/passive', 404],
  ['post', ROTATE, 'saml2Metadata/rotateCertificate', 404],
  ['post', PASSIVE, 'saml2Metadata/certificate/passive', 200],
  ['get', PASSIVE, 'saml2Metadata/certificate/passive', 200],
  ['get', '/v1/saml2Metadata', 'saml2Metadata', 200],
  ['post', ROTATE, 'saml2Metadata/rotateCertificate', 200],
  ['delete', PASSIVE, 'saml2Metadata/certificate/passive', 200],
  ['delete', PASSIVE, 'saml2Metadata/certificate/passive', 404],
  ['delete', '/maintenance/v1/caches/ias', 'maintenance/v1/caches/ias', 200],
];

test.skipIf(absent !== undefined)(
  `answers every operation as its API description says${absent ? ` (skipped: ${absent})` : ''}`,
  async () => {
    const spec = parse(readFileSync(file, 'utf8')) as Spec;
    const { call } = await startLandscape();
    for (const [method, described, target, status, body] of CALLS) {
      const response = await call(method.toUpperCase(), target, body === undefined ? {} : { body });
      const text = await response.text();
      const what = `${method} ${target}: ${response.status} ${text}`;
      expect(response.status, what).toBe(status);
      const declared = spec.paths[described]?.[method]?.responses[String(status)];
      // Only of fragments that are not there, a recording shows more than the description knows.
      if (described.includes('{fragment name}') && status === 404) continue;
      expect(declared, `${what} is not described`).toBeDefined();
      const schema = Object.values(declared?.content ?? {})[0]?.schema;
      if (text === '' || !schema) continue;
      // Errors are one of two schemas, and the description of some operations names only the other one.
      const either = status >= 400 ? { oneOf: [schema, { $ref: '#/components/schemas/JsonErrorMessage' }] } : schema;
      expect(misfits(spec, either, JSON.parse(text)), what).toEqual([]);
    }
    const operations = Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const called = new Set(CALLS.map(([method, path]) => `${method} ${path}`));
    expect(operations.filter((operation) => !called.has(operation))).toEqual([]);
  },
);

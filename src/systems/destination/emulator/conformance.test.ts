// Judges the emulator's answers by the service's own API description, which is not part of this project.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
const TOKEN = { ...A, Name: 'T', Authentication: 'BasicAuthentication', User: 'u', Password: 'p' };

/** [method, path of the description, path of the call, body, status]; each builds on those before. */
const CALLS: readonly (readonly [string, string, string, unknown, number])[] = [
  ['post', '/v1/subaccountDestinations', 'subaccountDestinations', A, 201],
  ['post', '/v1/subaccountDestinations', 'subaccountDestinations', A, 409],
  ['post', '/v1/subaccountDestinations', 'subaccountDestinations', {}, 400],
  ['post', '/v1/subaccountDestinations', 'subaccountDestinations', [TOKEN], 201],
  ['post', '/v1/subaccountDestinations', 'subaccountDestinations', [A, { ...A, Name: 'B' }], 207],
  ['post', '/v1/instanceDestinations', 'instanceDestinations', { ...A, Name: 'I' }, 201],
  ['put', '/v1/subaccountDestinations', 'subaccountDestinations', A, 200],
  ['put', '/v1/subaccountDestinations', 'subaccountDestinations', { ...A, Name: 'Z' }, 404],
  ['put', '/v1/subaccountDestinations', 'subaccountDestinations', [A], 200],
  ['put', '/v1/subaccountDestinations', 'subaccountDestinations', [A, { ...A, Name: 'Z' }], 207],
  ['get', '/v1/subaccountDestinations', 'subaccountDestinations', undefined, 200],
  ['get', '/v1/subaccountDestinations', 'subaccountDestinations?$select=Name', undefined, 200],
  ['get', '/v1/subaccountDestinations', 'subaccountDestinations?$page=1', undefined, 200],
  ['get', '/v1/subaccountDestinations', 'subaccountDestinations?$page=1&$select=Name', undefined, 400],
  ['get', '/v1/subaccountDestinations/{destination name}', 'subaccountDestinations/A', undefined, 200],
  ['get', '/v1/subaccountDestinations/{destination name}', 'subaccountDestinations/Z', undefined, 404],
  ['get', '/v1/instanceDestinations/{destination name}', 'instanceDestinations/I', undefined, 200],
  ['get', '/v1/destinations/{name}', 'destinations/A', undefined, 200],
  ['get', '/v1/destinations/{name}', 'destinations/T', undefined, 200],
  ['get', '/v1/destinations/{name}', 'destinations/I', undefined, 200],
  ['get', '/v1/destinations/{name}', 'destinations/Z', undefined, 404],
  ['post', '/v1/subaccountDestinationFragments', 'subaccountDestinationFragments', { FragmentName: 'f' }, 201],
  ['post', '/v1/subaccountDestinationFragments', 'subaccountDestinationFragments', { FragmentName: 'f' }, 409],
  ['get', '/v1/subaccountDestinationFragments', 'subaccountDestinationFragments', undefined, 200],
  ['get', '/v1/subaccountDestinationFragments/{fragment name}', 'subaccountDestinationFragments/f', undefined, 200],
  ['delete', '/v1/subaccountDestinationFragments/{fragment name}', 'subaccountDestinationFragments/f', undefined, 200],
  ['delete', '/v1/subaccountDestinations', "subaccountDestinations?$filter=Name in ('A','Z')", undefined, 200],
  ['delete', '/v1/subaccountDestinations/{destination name}', 'subaccountDestinations/B', undefined, 200],
  ['delete', '/v1/subaccountDestinations/{destination name}', 'subaccountDestinations/B', undefined, 404],
];

test.skipIf(absent !== undefined)(
  `answers as its API description says${absent ? ` (skipped: ${absent})` : ''}`,
  async () => {
    const spec = parse(readFileSync(file, 'utf8')) as Spec;
    const { call } = await startLandscape();
    for (const [method, described, target, body, status] of CALLS) {
      const response = await call(method.toUpperCase(), target, body === undefined ? {} : { body });
      const text = await response.text();
      const what = `${method} ${target}: ${response.status} ${text}`;
      expect(response.status, what).toBe(status);
      const declared = spec.paths[described]?.[method]?.responses[String(status)];
      expect(declared, `${what} is not described`).toBeDefined();
      const schema = Object.values(declared?.content ?? {})[0]?.schema;
      if (text === '' || !schema) continue;
      // Errors are one of two schemas, and the description of some operations names only the other one.
      const either = status >= 400 ? { oneOf: [schema, { $ref: '#/components/schemas/JsonErrorMessage' }] } : schema;
      expect(misfits(spec, either, JSON.parse(text)), what).toEqual([]);
    }
  },
);

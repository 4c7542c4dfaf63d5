// Judges the emulator's answers by the service's own API description, which is not part of this project.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fileForm, mtar, startLandscape } from '../testing/landscape.ts';
import { type Piper, startPiper } from '../testing/piper.ts';

const shared = process.env.LOCUM_SHARED ?? path.resolve('..', 'shared');
const file = path.join(shared, 'specs', 'ctms-v2.swagger.yaml');
const absent = existsSync(file) ? undefined : `${file} is not there`;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}
interface Spec {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly schema?: Schema }>> }>>
    >
  >;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** What of a value does not fit a schema. A key that the schema does not know is a misfit too. */
function misfits(spec: Spec, schema: Schema, value: unknown, at = '$'): readonly string[] {
  const named = schema.$ref?.replace('#/definitions/', '');
  if (named !== undefined) return misfits(spec, spec.definitions[named] ?? {}, value, at);
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at}: ${String(value)} is none of ${schema.enum}`];
  if (schema.properties) {
    if (typeof value !== 'object' || value === null) return [`${at} is no object`];
    const { properties } = schema;
    const missing = (schema.required ?? [])
      .filter((name) => !(name in value))
      .map((name) => `${at}.${name} is missing`);
    return [
      ...missing,
      ...Object.entries(value).flatMap(([name, inner]) => {
        const known = properties[name];
        return known ? misfits(spec, known, inner, `${at}.${name}`) : [`${at}.${name} is not described`];
      }),
    ];
  }
  if (schema.items) {
    const { items } = schema;
    if (!Array.isArray(value)) return [`${at} is no array`];
    return value.flatMap((one, index) => misfits(spec, items, one, `${at}[${index}]`));
  }
  const kind = Number.isInteger(value) ? 'integer' : typeof value;
  if (schema.type !== undefined && schema.type !== kind) return [`${at} is a ${kind} instead of ${schema.type}`];
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,4}(Z|\+0000)$/;
  return schema.format === 'date-time' && !time.test(String(value)) ? [`${at} is no time: ${String(value)}`] : [];
}

/** Makes a call, and judges status and body. */
function judge(spec: Spec, piper: Piper) {
  return async (method: string, described: string, target: string, status: number, body?: unknown) => {
    const answer = await piper.call(method.toUpperCase(), target, body);
    const what = `${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`;
    expect(answer.status, what).toBe(status);
    const declared = spec.paths[described]?.[method]?.responses[String(status)];
    expect(declared, `${what} is not described`).toBeDefined();
    if (declared?.schema) expect(misfits(spec, declared.schema, answer.body), what).toEqual([]);
    else expect(answer.body, what).toBeUndefined();
    return answer.body;
  };
}

test.skipIf(absent !== undefined)(
  `answers as its API description says${absent ? ` (skipped: ${absent})` : ''}`,
  async () => {
    const spec = parse(readFileSync(file, 'utf8')) as Spec;
    const landscape = await startLandscape({
      nodes: [{ name: 'DEV', destination: 'deploy', forwardMode: 'MANUAL' }, { name: 'TEST' }, { name: 'PROD' }],
    });
    const piper = await startPiper(landscape);
    const call = judge(spec, piper);
    const dev = await piper.node('DEV');
    const ALL = 'status=in,ru,re,su,sk,wa,er,fa,de';

    const upload = () =>
      call('post', '/files/upload', '/files/upload', 201, fileForm('a.mtar', mtar(), { namedUser: 'x' }));
    const { fileId } = await upload();
    const { fileId: unused } = await upload();
    await call(
      'post',
      '/files/upload',
      '/files/upload',
      400,
      fileForm('a.mtar', mtar(), { namedUser: 'x'.repeat(61) }),
    );
    await call('post', '/files/upload', '/files/upload', 422, fileForm('a.mtar', ''));
    await call('delete', '/files/{fileId}', `/files/${unused}`, 204);
    await call('delete', '/files/{fileId}', `/files/${unused}`, 404);

    const request = (nodeName: string, uri: unknown = fileId) => ({
      nodeName,
      contentType: 'MTA',
      storageType: 'FILE',
      description: 'TR3501',
      entries: [{ uri: String(uri) }],
      namedUser: 'd012345',
    });
    const { transportRequestId: id } = await call('post', '/nodes/upload', '/nodes/upload', 200, request('DEV'));
    await call('post', '/nodes/export', '/nodes/export', 200, request('DEV'));
    await call('post', '/nodes/export', '/nodes/export', 422, request('PROD'));
    await call('post', '/nodes/upload', '/nodes/upload', 404, request('NOWHERE'));
    await call('post', '/nodes/upload', '/nodes/upload', 422, request('DEV', 4711));
    await call('post', '/nodes/upload', '/nodes/upload', 400, { nodeName: 'DEV' });

    const queue = `/nodes/${dev}/transportRequests`;
    const described = '/nodes/{nodeId}/transportRequests';
    await call('get', described, `${queue}?${ALL}&owner=d012345`, 200);
    await call('get', described, `/nodes/117/transportRequests?${ALL}`, 404);

    const body = { transportRequests: [id], namedUser: 'd012345' };
    const { actionId } = await call('post', `${described}/import`, `${queue}/import`, 200, body);
    for (let poll = 0; poll < 4; poll++) {
      await call('get', '/actions/{actionId}', `/actions/${actionId}`, 200);
      landscape.advance(3000);
    }
    await call('get', '/actions/{actionId}/logs', `/actions/${actionId}/logs`, 200);
    await call('get', '/actions/{actionId}/logs', '/actions/4711/logs', 404);
    await call('get', `${described}/{transportRequestId}/logs`, `${queue}/${id}/logs`, 200);
    await call('get', `${described}/{transportRequestId}/logs`, `${queue}/4711/logs`, 404);
    await call('post', `${described}/forward`, `${queue}/forward`, 204, body);
    await call('post', `${described}/reset`, `${queue}/reset`, 204, body);
    await call('post', `${described}/remove`, `${queue}/remove`, 204, body);
    await call('post', `${described}/remove`, `${queue}/remove`, 404, body);
    await call('post', `${described}/importAll`, `${queue}/importAll`, 200);
    await call('get', described, `${queue}?${ALL}`, 200);
  },
);

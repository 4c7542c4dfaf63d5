import { expect, test } from 'vitest';
import { type Description, judge } from './judge.ts';

const description = {
  source: 'a toy',
  paths: {
    '/things/{id}': {
      get: {
        parameters: [{ name: 'api-version', in: 'query', required: true }],
        responses: { 200: { schema: { type: 'object', properties: { id: { type: 'number' } }, required: ['id'] } } },
      },
      put: {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false },
            },
          },
        },
        responses: { 204: {} },
      },
    },
  },
  refusals: { 404: {} },
} as unknown as Description;

const JSON_TYPE = { 'content-type': 'application/json' };

test.each<[string, string, RequestInit, () => Response, readonly string[]]>([
  ['a call as described', 'things/1?api-version=1', {}, () => Response.json({ id: 1 }), []],
  ['a refusal as described', 'things/1?api-version=1', {}, () => new Response(null, { status: 404 }), []],
  ['another path', 'other/1', {}, () => new Response(), ['GET /base/other/1: the description has no such operation']],
  [
    'a missing and an unknown parameter',
    'things/1?version=1',
    {},
    () => Response.json({ id: 1 }),
    ['GET /base/things/1: no parameter version in the query', 'GET /base/things/1: lacks api-version in the query'],
  ],
  [
    'another answer',
    'things/1?api-version=1',
    {},
    () => Response.json({ id: '1' }),
    ['GET /base/things/1: 200 id Invalid input: expected number, received string'],
  ],
  [
    'another status',
    'things/1?api-version=1',
    {},
    () => new Response(null, { status: 418 }),
    ['GET /base/things/1: the description knows no answer 418'],
  ],
  [
    'a body that is not described',
    'things/1',
    { method: 'PUT', body: '{"name":"n","more":1}', headers: JSON_TYPE },
    () => new Response(null, { status: 204 }),
    ['PUT /base/things/1: body: Unrecognized key: "more"'],
  ],
  [
    'another media type',
    'things/1',
    { method: 'PUT', body: 'name=n', headers: { 'content-type': 'text/plain' } },
    () => new Response(null, { status: 204 }),
    ['PUT /base/things/1: text/plain is not among application/json'],
  ],
  [
    'no body',
    'things/1',
    { method: 'PUT' },
    () => new Response(null, { status: 204 }),
    ['PUT /base/things/1: lacks its body'],
  ],
])('the judge of doubles on %s', async (_case, path, init, answer, complaints) => {
  const court = judge(async () => answer(), 'https://toy.example/base/', description);
  await court.fetch(`https://toy.example/base/${path}`, init);
  expect(court.complaints).toEqual(complaints);
});

import { afterAll, beforeAll, test } from 'vitest';
import { judge } from './client.ts';
import { clients } from './clients.ts';
import { type ConformanceLandscape, openConformanceLandscape } from './landscape.ts';

let landscape: ConformanceLandscape;
beforeAll(async () => {
  landscape = await openConformanceLandscape();
});
afterAll(() => landscape?.[Symbol.asyncDispose]());

test.for(clients.filter((client) => client.free))('$name gets what it wants', async (client, context) => {
  const verdict = await judge(client, landscape);
  if (verdict.status === 'SKIP') context.skip(verdict.because);
  if (verdict.status === 'FAIL') throw new Error(verdict.because, { cause: verdict.error });
});

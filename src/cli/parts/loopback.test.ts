import { expect, test } from 'vitest';
import { besideLandscape } from './loopback.ts';

const answering = (who: string) => async () => new Response(who);

test.each([
  ['http://127.0.0.1:8200/v1/sys/health', 'this machine'],
  ['http://localhost:8200/', 'this machine'],
  ['http://[::1]:8200/', 'this machine'],
  ['https://127.0.0.1.example.com/', 'landscape'],
  ['https://localhost.example.com/', 'landscape'],
  ['https://cli.btp.cloud.sap/', 'landscape'],
])('with --local, %s is answered by the %s', async (url, who) => {
  const fetch = besideLandscape(answering('landscape'), answering('this machine'));
  for (const input of [url, new URL(url), new Request(url)]) expect(await (await fetch(input)).text()).toBe(who);
});

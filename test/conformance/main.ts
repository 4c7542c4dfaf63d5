// `npm run conformance [--free] [NAME…]`: asks every foreign client, one line each; exit code 1 when one fails.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Client, judge, type Verdict } from './client.ts';
import { clients } from './clients.ts';
import { openConformanceLandscape } from './landscape.ts';

const { values, positionals } = parseArgs({
  options: { free: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const asked = clients.filter(
  (client) =>
    (client.free || !values.free) &&
    (positionals.length === 0 || positionals.some((name) => client.name.toLowerCase().includes(name.toLowerCase()))),
);
if (asked.length === 0) {
  console.error(`no client of that name; there are: ${clients.map((client) => client.name).join(', ')}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await askAll(asked)) ? 0 : 1;
}

async function askAll(all: readonly Client[]): Promise<boolean> {
  const width = Math.max(...all.map((client) => client.name.length));
  await using landscape = await openConformanceLandscape();
  const counts = { PASS: 0, FAIL: 0, SKIP: 0 };
  for (const client of all) {
    const verdict = await judge(client, landscape);
    counts[verdict.status]++;
    console.log(`${verdict.status}  ${client.name.padEnd(width)}  ${remark(verdict)}`);
    if (verdict.status === 'FAIL' && values.verbose) console.error(verdict.error);
  }
  console.log(`${counts.PASS} passed, ${counts.FAIL} failed, ${counts.SKIP} skipped`);
  return counts.FAIL === 0;
}

function remark(verdict: Verdict): string {
  return verdict.status === 'PASS' ? verdict.steps.join(', ') : verdict.because;
}

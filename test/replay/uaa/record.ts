/**
 * Records anew what the open-source UAA answers to the scenarios:
 * `LOCUM_UAA=http://127.0.0.1:8090 LOCUM_UAA_SECRET=… node test/replay/uaa/record.ts [SCENARIO…]`.
 * See `CONTRIBUTING.md` for how such a UAA is set up.
 */
import { writeFileSync } from 'node:fs';
import { play } from './play.ts';
import { realUaa } from './real.ts';
import { RECORDINGS, readUaaRecordings } from './recordings.ts';
import { scenarios } from './scenarios/index.ts';

const { LOCUM_UAA: address, LOCUM_UAA_SECRET: secret } = process.env;
if (!address || !secret) {
  console.error('LOCUM_UAA is the address of a UAA of yours, LOCUM_UAA_SECRET the secret of its client admin');
  process.exit(2);
}
const named = process.argv.slice(2);

const kept = named.length === 0 ? new Map<string, readonly string[]>() : linesByScenario();
for (const { name, steps } of scenarios) {
  if (named.length > 0 && !named.includes(name)) continue;
  const lines: string[] = [];
  // What the scenario before has made is gone.
  await using uaa = await realUaa(new URL(address), secret);
  try {
    for await (const answer of play(uaa, steps)) {
      lines.push(JSON.stringify({ scenario: name, index: lines.length, call: steps[lines.length], answer }));
    }
  } catch (error) {
    console.error(`${name}#${lines.length}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
  kept.set(name, lines);
  console.error(`${name}: ${lines.length} calls`);
}
await using uaa = await realUaa(new URL(address), secret);
const info = await uaa.send({ host: 'uaa', method: 'GET', path: '/info', headers: { accept: 'application/json' } });
const { app, commit_id: commit } = (await info.json()) as { app: { version: string }; commit_id: string };
const header = {
  recording: 'what the open-source UAA answered to the scenarios of test/replay/uaa',
  uaa: `${app.version} (cloudfoundry/uaa ${commit})`,
  recordedWith: 'test/replay/uaa/record.ts',
};
const inOrder = scenarios.flatMap(({ name }) => kept.get(name) ?? []);
writeFileSync(RECORDINGS, `${[JSON.stringify(header), ...inOrder].join('\n')}\n`);

function linesByScenario(): Map<string, readonly string[]> {
  const { rows } = readUaaRecordings();
  return new Map([...rows].map(([name, list]) => [name, list.map((row) => JSON.stringify(row))]));
}

/**
 * Records anew what the open-source UAA answers to the scenarios:
 * `LOCUM_UAA=http://127.0.0.1:8090 LOCUM_UAA_SECRET=… node test/replay/uaa/record.ts [SCENARIO…]`.
 * See `CONTRIBUTING.md` for how such a UAA is set up.
 */
import { record } from '../scenarios/recordings.ts';
import { answerOf } from './normal.ts';
import { realUaa } from './real.ts';
import { scenarios } from './scenarios/index.ts';

const { LOCUM_UAA: address, LOCUM_UAA_SECRET: secret } = process.env;
if (!address || !secret) {
  console.error('LOCUM_UAA is the address of a UAA of yours, LOCUM_UAA_SECRET the secret of its client admin');
  process.exit(2);
}
const broken = await record({
  service: 'uaa',
  title: 'the open-source UAA',
  scenarios,
  named: process.argv.slice(2),
  answerOf,
  start: () => realUaa(new URL(address), secret),
  async version() {
    await using uaa = await realUaa(new URL(address), secret);
    const info = await uaa.send({ method: 'GET', path: '/info', headers: { accept: 'application/json' } });
    const { app, commit_id: commit } = (await info.json()) as { app: { version: string }; commit_id: string };
    return `${app.version} (cloudfoundry/uaa ${commit})`;
  },
});
process.exitCode = broken > 0 ? 1 : 0;

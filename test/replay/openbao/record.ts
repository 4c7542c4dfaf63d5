/**
 * Records anew what OpenBao answers to the scenarios, with servers of its own that are gone afterwards:
 * `LOCUM_BAO=/path/to/bao node test/replay/openbao/record.ts [SCENARIO…]`.
 */
import { findBao, versionOfBao } from '../../fixtures/openbao.ts';
import { record } from '../scenarios/recordings.ts';
import { answerOf } from './normal.ts';
import { realBao } from './real.ts';
import { scenarios } from './scenarios/index.ts';

const program = await findBao();
if (program === undefined) {
  console.error('no bao is on the PATH, and LOCUM_BAO names none');
  process.exit(2);
}
const broken = await record({
  service: 'openbao',
  title: 'OpenBao',
  scenarios,
  named: process.argv.slice(2),
  answerOf,
  start: () => realBao(program),
  // A build of one's own tells no version.
  version: async () => process.env.LOCUM_BAO_VERSION ?? versionOfBao(program),
});
process.exitCode = broken > 0 ? 1 : 0;

import { judgeBtpCli } from './btp-cli/judge.ts';
import { survey } from './btp-cli/survey.ts';
import { judgeCf } from './cf/judge.ts';
import type { Recorded } from './files.ts';
import type { Outcome } from './outcome.ts';

/** Both judges on everything that a file holds, sequence by sequence. */
export async function* judge({ cf, btpCli }: Recorded): AsyncGenerator<readonly Outcome[]> {
  const known = survey([...btpCli.values()].flat());
  for (const [cassette, recordings] of btpCli) yield await judgeBtpCli(cassette, recordings, known);
  for (const [cassette, rows] of cf) yield await judgeCf(cassette, rows);
}

import type { ConformanceLandscape } from './landscape.ts';
import { findProgram, type Outcome, run, temporaryFolder } from './programs.ts';
import { Skip } from './skip.ts';

export const API = 'https://api.cf.eu10-004.hana.ondemand.com';
export const DOMAIN = 'cfapps.eu10-004.hana.ondemand.com';

/** The cf CLI with a home of its own. */
export interface Cf extends AsyncDisposable {
  /** Its home, where it starts, too. */
  readonly folder: string;
  /** Runs it and gives what it wrote. @throws Error with the last line when it fails */
  cf(...words: string[]): Promise<string>;
  /** Runs it, whatever comes of it. */
  attempt(...words: string[]): Promise<Outcome>;
}

/** The cf CLI, version 8 or later: by LOCUM_CF or on the PATH. @throws Skip where there is none */
export async function openCf(landscape: Pick<ConformanceLandscape, 'environment'>): Promise<Cf> {
  const program = await findProgram(['cf8', 'cf'], { variable: 'LOCUM_CF' });
  if (program === undefined) throw new Skip('no cf on the PATH, and LOCUM_CF names none');
  const home = await temporaryFolder();
  const env = { ...landscape.environment, CF_HOME: home.path, CF_PLUGIN_HOME: home.path, CF_COLOR: 'false' };
  const attempt = (...words: string[]) => run(program, words, { env, cwd: home.path });
  return {
    folder: home.path,
    attempt,
    async cf(...words) {
      const { code, stdout, stderr } = await attempt(...words);
      // The words are not repeated: a password may be among them.
      if (code !== 0) throw new Error(`exit ${code}: ${lastLine(stderr) || lastLine(stdout)}`);
      return stdout;
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** First column of a table, without its heading. */
export function rows(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trim());
  const heading = lines.findIndex((line) => /^name\b/.test(line));
  return lines.slice(heading + 1).flatMap((line) => (line === '' ? [] : [line.split(/\s+/, 1)[0] ?? '']));
}

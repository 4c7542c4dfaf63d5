import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** Tells other processes where a listening landscape is. Only its owner may read it: the token is in it. */
const runFile = z.strictObject({
  pid: z.int().positive(),
  /** Differs for every start, so that a process that got the same pid by chance is not taken for the landscape. */
  instance: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  /** e.g. `http://127.0.0.1:24400` */
  proxy: z.string(),
  admin: z.string(),
  /** File with the certificate of the local authority. */
  caFile: z.string(),
  /** What mutating calls of the admin surface must show. */
  token: z.string(),
});

export type RunFile = z.output<typeof runFile>;

const pathIn = (directory: string) => path.join(directory, 'run.json');

export async function writeRunFile(directory: string, run: RunFile): Promise<void> {
  const file = pathIn(directory);
  const fresh = `${file}.${run.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 });
  await rename(fresh, file);
}

/** The run file; undefined when there is none, or none that can be read. */
export async function readRunFile(directory: string): Promise<RunFile | undefined> {
  const text = await readFile(pathIn(directory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return runFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Removes the run file if it is this instance's. */
export async function removeRunFile(directory: string, instance: string): Promise<void> {
  if ((await readRunFile(directory))?.instance === instance) await rm(pathIn(directory), { force: true });
}

export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

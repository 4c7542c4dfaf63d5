import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvariantError } from '../../kernel/errors.ts';
import type { ExecSession } from '../../kernel/system.ts';
import type { Io } from '../io.ts';

const PREFIX = 'locum-exec-';

export interface PrivateFolder extends AsyncDisposable {
  readonly directory: string;
}

/**
 * Writes a session's files where only we can read them: folders 0700, files 0600, below XDG_RUNTIME_DIR (in memory)
 * where there is one. Removed with the result, and, after a `kill -9`, by the next call.
 */
export async function openPrivateFolder(files: ExecSession['files'], io: Io): Promise<PrivateFolder> {
  const base = io.env.XDG_RUNTIME_DIR || io.env.TMPDIR || tmpdir();
  await removeLeftovers(base, io);
  // mkdtemp makes it 0700.
  const directory = await mkdtemp(path.join(base, `${PREFIX}${io.pid}-`));
  const folder: PrivateFolder = {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
  try {
    for (const file of files) {
      const place = path.resolve(directory, file.path);
      if (!place.startsWith(directory + path.sep)) throw new InvariantError('a session file outside of its folder');
      await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      await writeFile(place, file.content.reveal(), { mode: 0o600, flag: 'wx' });
    }
    return folder;
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

async function removeLeftovers(base: string, io: Io): Promise<void> {
  for (const name of await readdir(base).catch(() => [])) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || io.isAlive(Number(pid))) continue;
    // Somebody else's leftover can't be removed by us, and need not be.
    await rm(path.join(base, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

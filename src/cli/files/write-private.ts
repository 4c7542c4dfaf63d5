import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../kernel/errors.ts';

/** Writes a new file that only we may read, durably. One that is there is left as it is; folders are made for us alone. */
export async function writePrivate(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.sync();
    await using entry = await open(folder, 'r');
    await entry.sync();
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new ConfigError('ERR_CONFIG', `can't write ${file}`, {
      remedy: there ? 'it is there already: remove the file, or choose another name' : 'make the folder writable',
      cause,
    });
  }
}

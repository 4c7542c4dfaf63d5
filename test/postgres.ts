import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Secret } from '../src/kernel/secret.ts';

/** A PostgreSQL server for tests, or why there is none. */
export type TestPostgres =
  | { readonly url: Secret; readonly stop: () => Promise<void> }
  | { readonly skipped: string; readonly stop: () => Promise<void> };

const nothing = async (): Promise<void> => undefined;

/**
 * The server that LOCUM_TEST_DATABASE_URL names, or a private one in a temporary directory where PostgreSQL is
 * installed. It ends with this process, however that ends: a shell waits for the end of its standard input.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.LOCUM_TEST_DATABASE_URL;
  if (given) return { url: new Secret(given), stop: nothing };
  const binaries = findBinaries();
  if (!binaries) return { skipped: 'no PostgreSQL 15 or newer is installed', stop: nothing };
  const user = unprivilegedUser();
  if (!user) return { skipped: 'PostgreSQL refuses root, and there is no user postgres or nobody', stop: nothing };

  const directory = mkdtempSync(path.join(tmpdir(), 'locum-pg-'));
  if ('uid' in user) chownSync(directory, user.uid, user.gid);
  const shell = spawn('sh', ['-c', SERVER, binaries, directory], {
    ...user,
    cwd: directory,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  let talk = '';
  shell.stderr.on('data', (chunk) => {
    talk += chunk;
  });
  const ready = await Promise.race([
    new Promise<boolean>((resolve) => shell.stdout.once('data', () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!ready) return { skipped: `PostgreSQL did not start: ${talk.trim()}`, stop: nothing };
  return {
    url: new Secret(`postgresql://locum@localhost/postgres?host=${encodeURIComponent(directory)}`),
    stop: async () => {
      shell.stdin.end();
      await ended;
    },
  };
}

const SERVER = `
"$0/initdb" -D "$1/data" -U locum -A trust -E UTF8 --locale=C --no-sync >/dev/null &&
"$0/pg_ctl" start -w -s -D "$1/data" -l "$1/log" -o "-c listen_addresses='' -c unix_socket_directories='$1'" >/dev/null &&
echo ready && cat >/dev/null
"$0/pg_ctl" stop -s -m immediate -D "$1/data"
rm -rf "$1"
`;

function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const newest = Math.max(0, ...versions.filter((version) => version >= 15));
  if (newest > 0) return path.join(debian, String(newest), 'bin');
  try {
    const directory = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
    const [, major] = /(\d+)/.exec(execFileSync('pg_config', ['--version'], { encoding: 'utf8' })) ?? [];
    return Number(major) >= 15 && existsSync(path.join(directory, 'initdb')) ? directory : undefined;
  } catch {
    return undefined;
  }
}

/** Whom the server runs as: us, unless we are root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | Record<string, never> | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The next name.
    }
  }
  return undefined;
}

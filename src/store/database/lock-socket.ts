import { connect, createServer, type Server } from 'node:net';
import { pid } from 'node:process';
import type { LockTry } from './lock-try.ts';

/** Listens at a name that only one process can listen at; who connects is told the holder's pid. */
export async function tryLockSocket(name: string): Promise<LockTry> {
  const server = createServer((asker) => {
    asker.on('error', () => undefined);
    asker.end(String(pid));
  });
  const refusal = await listen(server, name);
  if (refusal?.code === 'EADDRINUSE') return { heldBy: undefined };
  if (refusal) throw refusal;
  // The lock must not keep the process alive.
  server.unref();
  let released: Promise<void> | undefined;
  return {
    release: () => {
      released ??= new Promise((resolve) => server.close(() => resolve()));
      return released;
    },
  };
}

function listen(server: Server, name: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ path: name, exclusive: true }, () => resolve(undefined));
  });
}

const ANSWER_MS = 1_000;

/** The pid of the process that listens at the name, if it tells. */
export function holderOfSocket(name: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ path: name });
    // A holder in the middle of a long statement does not answer; real time, because it is about a real process.
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(/^\d+$/.test(answer) ? Number(answer) : undefined));
  });
}

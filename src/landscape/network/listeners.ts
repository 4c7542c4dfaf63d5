import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { ConfigError } from '../../kernel/errors.ts';
import { LOOPBACK } from './loopback.ts';

/** Where the ports of names are remembered, so that links stay good after a restart. */
export interface PortBook {
  get(name: string): number | undefined;
  /** Remembers; durable when it resolves. */
  set(name: string, port: number): Promise<void>;
  /** Ports of other names, which are left to them. */
  taken(): ReadonlySet<number>;
}

/** Servers on loopback ports that belong to names. */
export interface Listeners extends AsyncDisposable {
  /** Opens the server on this port, or on the name's remembered one, or on the next free one; gives the port. */
  open(name: string, server: Server, port?: number): Promise<number>;
  /** Resolves when every port that was opened so far is remembered; together, because hundreds of hosts are opened at once. */
  remembered(): Promise<void>;
}

export interface ListenersOptions {
  readonly book: PortBook;
  /** First port that is tried; 0 = whatever the operating system gives. */
  readonly portsFrom: number;
}

/** How many ports after `portsFrom` are tried. */
const RANGE = 2000;

export function createListeners({ book, portsFrom }: ListenersOptions): Listeners {
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  let last: Promise<unknown> = Promise.resolve();
  let saving: Promise<void>[] = [];
  /** Ports that belong to some name; the book is asked once, since it learns of new ones from here alone. */
  let known: Set<number> | undefined;

  function* candidates(name: string, chosen: number | undefined): Generator<number> {
    if (chosen !== undefined) {
      yield chosen;
      return;
    }
    const remembered = book.get(name);
    if (remembered !== undefined) yield remembered;
    if (portsFrom === 0) yield 0;
    for (let port = portsFrom; portsFrom > 0 && port < Math.min(portsFrom + RANGE, 65_536); port++) {
      if (!known?.has(port)) yield port;
    }
  }

  async function find(name: string, server: Server, chosen: number | undefined): Promise<number> {
    known ??= new Set(book.taken());
    for (const candidate of candidates(name, chosen)) {
      const port = await listen(server, candidate);
      if (port === undefined) continue;
      known.add(port);
      if (book.get(name) !== port) {
        const saved = book.set(name, port);
        saved.catch(() => undefined);
        saving.push(saved);
      }
      return port;
    }
    throw new ConfigError(
      'ERR_CONFIG',
      `${chosen === undefined ? 'no port' : `port ${chosen} is not`} free for ${name}`,
      {
        remedy: 'stop what listens there, or choose another port',
      },
    );
  }

  return {
    open(name, server, port) {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      servers.add(server);
      // One at a time: two searches at once could both find the same port free.
      const opened = last.then(() => find(name, server, port));
      last = opened.catch(() => undefined);
      return opened;
    },
    async remembered() {
      await last;
      const waiting = saving;
      saving = [];
      await Promise.all(waiting);
    },
    async [Symbol.asyncDispose]() {
      await last;
      const closed = [...servers].map((server) => new Promise((resolve) => server.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
      servers.clear();
    },
  };
}

/** The port; undefined when it is in use or not ours to take. */
function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    };
    const listening = () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(port, LOOPBACK);
  });
}

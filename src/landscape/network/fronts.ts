import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pid } from 'node:process';
import { createAdmin } from '../admin/admin.ts';
import { newToken, removeRunFile, writeRunFile } from '../admin/run-file.ts';
import type { Landscape } from '../landscape.ts';
import type { Traffic } from '../requests/traffic.ts';
import { createListeners } from './listeners.ts';
import { LOOPBACK } from './loopback.ts';
import { createPorts } from './ports.ts';
import { createProxy } from './proxy.ts';

export interface ListenOptions {
  /** Port of the proxy. @default the one it had before, or the first free one from `portsFrom` on */
  readonly proxyPort?: number;
  /** First port for what has none yet; 0 = whatever the operating system gives. @default 24400 */
  readonly portsFrom?: number;
}

export interface Addresses {
  /** Forward proxy, e.g. `http://127.0.0.1:24400`. */
  readonly proxy: string;
  /** Admin surface. */
  readonly admin: string;
  /** File with the certificate of the local authority. */
  readonly caFile: string;
  /** Production host to its plain local origin, e.g. `http://localhost:24402`. */
  readonly origins: Readonly<Record<string, string>>;
}

/** What makes a landscape reachable over TCP. */
export interface Fronts extends AsyncDisposable {
  addresses(): Addresses;
  /** Opens ports for hosts that appeared since. */
  refresh(): Promise<void>;
}

export async function openFronts(
  landscape: Landscape,
  traffic: Traffic,
  options: ListenOptions & { readonly directory?: string },
): Promise<Fronts> {
  await using opening = new AsyncDisposableStack();
  const directory = options.directory ?? (await temporaryDirectory(opening));
  // Loaded late: it takes longer than everything else, and in-process landscapes need no certificates.
  const { openCertificateAuthority } = await import('./certificate-authority.ts');
  const authority = await openCertificateAuthority({ directory: path.join(directory, 'ca') });

  const listeners = opening.use(
    createListeners({
      portsFrom: options.portsFrom ?? 24_400,
      book: {
        get: (name) => traffic.estate().ports.get(name),
        set: (name, port) => traffic.change((estate) => estate.ports.set(name, port)),
        taken: () => new Set(traffic.estate().ports.values()),
      },
    }),
  );
  const served = { hosts: () => traffic.estate().hosts(), exchange: traffic.exchange };
  const token = newToken();
  const instance = newToken();
  const proxyPort = await listeners.open(
    'proxy',
    createProxy({ ...served, authority, connect: traffic.connect }),
    options.proxyPort,
  );
  const adminPort = await listeners.open('admin', createAdmin({ landscape, token, instance }));
  const ports = createPorts({ ...served, listeners });
  const refresh = async (): Promise<void> => {
    await ports.open();
    await listeners.remembered();
  };
  await refresh();

  const proxy = `http://${LOOPBACK}:${proxyPort}`;
  const admin = `http://${LOOPBACK}:${adminPort}`;
  const caFile = authority.certificateFile;
  if (options.directory !== undefined) {
    await writeRunFile(directory, { pid, instance, startedAt: Date.now(), proxy, admin, caFile, token });
    opening.defer(() => removeRunFile(directory, instance));
  }
  const opened = opening.move();
  return {
    addresses: () => ({ proxy, admin, caFile, origins: ports.origins() }),
    refresh,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Clients need the CA as a file even where the landscape keeps nothing. */
async function temporaryDirectory(opening: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'locum-landscape-'));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pid } from 'node:process';
import { createAdmin } from '../admin/admin.ts';
import { newToken, removeRunFile, writeRunFile } from '../admin/run-file.ts';
import type { Addresses, Landscape, ListenOptions } from '../api.ts';
import type { Traffic } from '../requests/traffic.ts';
import { createListeners } from './listeners.ts';
import { LOOPBACK } from './loopback.ts';
import { createPorts } from './ports.ts';
import { createProxy } from './proxy.ts';

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

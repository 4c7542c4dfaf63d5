import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, ProxyAgent, fetch as undiciFetch } from 'undici';
import { onTestFinished } from 'vitest';
import { createLandscape, createMemoryPersistence, type LandscapeOptions } from '../index.ts';
import { notesEmulator, notesSeed } from './notes-emulator.ts';

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'locum-landscape-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A landscape of the notes service on ports that the operating system gives, closed with the test. */
export async function listening(options: LandscapeOptions = {}) {
  const landscape = await createLandscape({
    emulators: [notesEmulator],
    seed: notesSeed,
    persistence: createMemoryPersistence(),
    ...options,
  });
  onTestFinished(() => landscape[Symbol.asyncDispose]());
  return { landscape, ...(await landscape.listen({ portsFrom: 0 })) };
}

/** A `fetch` of a client that uses the proxy and trusts the authority, as `HTTPS_PROXY` and a CA file would make it. */
export async function throughProxy(addresses: { readonly proxy: string; readonly caFile: string }) {
  const agent = new ProxyAgent({ uri: addresses.proxy, requestTls: { ca: await readFile(addresses.caFile, 'utf8') } });
  onTestFinished(() => agent.destroy());
  return (url: string, init: Parameters<typeof undiciFetch>[1] = {}) =>
    undiciFetch(url, { ...init, dispatcher: agent });
}

/** A `fetch` that uses no proxy and does not keep connections. */
export function direct() {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return (url: string, init: Parameters<typeof undiciFetch>[1] = {}) =>
    undiciFetch(url, { ...init, dispatcher: agent });
}

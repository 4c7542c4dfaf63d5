import type { Secret } from './secret.ts';

/** What one service needs of TLS beyond the system's own settings; PEM. */
export interface Tls {
  /** Authority that is believed for this service alone. */
  readonly ca?: string;
  /** Client certificate, with its chain. */
  readonly cert?: string;
  readonly key?: Secret;
}

/** Everything impure that Locum needs, handed in. Tests inject their own. */
export interface Context {
  /** Calls production URLs; real SAP and the local landscape differ only here. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit & { readonly tls?: Tls }) => Promise<Response>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A new random UUID. */
  id(): string;
  /** Resolves after `ms` milliseconds of this context's clock. */
  sleep(ms: number): Promise<void>;
  /** Cryptographically strong random bytes. */
  random(bytes: number): Uint8Array;
}

/** Runs `make` once per key and shares the promise; a rejected one is forgotten, so that a later caller tries again. */
export function createMemo(): <T>(key: string, make: () => Promise<T>) => Promise<T> {
  const made = new Map<string, Promise<unknown>>();
  return <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(key);
    if (known) return known as Promise<T>;
    const fresh = make();
    made.set(key, fresh);
    fresh.catch(() => made.delete(key));
    return fresh;
  };
}

import type { StateChange } from '../../emulation/state.ts';

/** A document of the landscape's state as it is kept. */
export interface StoredDocument {
  readonly collection: string;
  readonly key: string;
  /** Plain JSON. */
  readonly value: unknown;
  readonly position: number;
}

export interface WriteOptions {
  /** Whether everything that was there is removed in the same transaction. @default false */
  readonly replacing?: boolean;
}

/** Where the landscape's state is kept. */
export interface Persistence extends AsyncDisposable {
  /** Every document, in ascending order of position; one after the other, so that nobody needs to hold all of them twice. */
  load(): AsyncIterable<StoredDocument>;
  /** Writes the changes in one transaction; they are durable when it returns. Never called twice at once. */
  write(changes: readonly StateChange[], options?: WriteOptions): Promise<void>;
}

/**
 * Keeps documents in memory: the very ones of the landscape, which are never mutated. Who opens it again gets what JSON
 * makes of them, so that nothing but JSON survives here either.
 */
export function createMemoryPersistence(): Persistence {
  const collections = new Map<string, Map<string, Pick<StoredDocument, 'value' | 'position'>>>();
  return {
    async *load() {
      const all = [...collections].flatMap(([collection, documents]) =>
        [...documents].map(([key, { position }]) => ({ collection, key, position })),
      );
      for (const { collection, key, position } of all.sort((a, b) => a.position - b.position)) {
        const documents = collections.get(collection);
        const value: unknown = JSON.parse(JSON.stringify(documents?.get(key)?.value));
        documents?.set(key, { value, position });
        yield { collection, key, value, position };
      }
    },
    async write(changes, options = {}) {
      if (options.replacing) collections.clear();
      for (const { collection, key, value, position } of changes) {
        const documents = collections.get(collection) ?? new Map();
        collections.set(collection, documents);
        if (value === undefined) documents.delete(key);
        else documents.set(key, { value, position });
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

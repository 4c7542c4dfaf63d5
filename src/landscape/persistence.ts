import type { StateChange } from '../emulation/state.ts';

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
  /** Every document, in ascending order of position. */
  load(): Promise<readonly StoredDocument[]>;
  /** Writes the changes in one transaction; they are durable when it returns. Never called twice at once. */
  write(changes: readonly StateChange[], options?: WriteOptions): Promise<void>;
}

/** Keeps documents as JSON texts in memory, so that nothing but JSON survives here either. */
export function createMemoryPersistence(): Persistence {
  const kept = new Map<string, Omit<StoredDocument, 'value'> & { readonly json: string }>();
  return {
    async load() {
      return [...kept.values()]
        .map(({ json, ...document }) => ({ ...document, value: JSON.parse(json) as unknown }))
        .sort((a, b) => a.position - b.position);
    },
    async write(changes, options = {}) {
      if (options.replacing) kept.clear();
      for (const { collection, key, value, position } of changes) {
        const id = `${collection}\n${key}`;
        if (value === undefined) kept.delete(id);
        else kept.set(id, { collection, key, position, json: JSON.stringify(value) });
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/**
 * The state of the emulated services: named collections of plain JSON documents. Semantics read and write it
 * synchronously; the landscape makes the changes of a request durable, in one transaction, before the answer leaves.
 */
export interface Collection<T> {
  get(key: string): T | undefined;
  /** Documents are never mutated: change one by setting a new one. */
  set(key: string, value: T): void;
  delete(key: string): boolean;
  readonly size: number;
  /** In order of first insertion. */
  values(): IterableIterator<T>;
  keys(): IterableIterator<string>;
  /** Documents whose index `name` has this value, in order of insertion. */
  by(name: string, value: string): readonly T[];
}

/** Index name to the values under which a document is found. */
export type Indexes<T> = Readonly<Record<string, (value: T) => string | readonly string[] | undefined>>;

/** One changed document; `value` undefined = deleted. */
export interface StateChange {
  readonly collection: string;
  readonly key: string;
  readonly value: unknown;
}

export interface State {
  /** The same name gives the same collection; names start with the slice's name: `ias/users`. */
  collection<T>(name: string, indexes?: Indexes<T>): Collection<T>;
  /** Changes since the last call, the newest per document. */
  drain(): readonly StateChange[];
  /** Fills a collection without marking changes; before the first use of that collection. */
  restore(collection: string, key: string, value: unknown): void;
}

export function createState(): State {
  const collections = new Map<string, IndexedCollection<unknown>>();
  const changed = new Map<string, StateChange>();

  function open(name: string): IndexedCollection<unknown> {
    let found = collections.get(name);
    if (!found) {
      found = new IndexedCollection((key, value) => {
        changed.set(`${name}\n${key}`, { collection: name, key, value });
      });
      collections.set(name, found);
    }
    return found;
  }

  return {
    collection<T>(name: string, indexes?: Indexes<T>) {
      const found = open(name);
      if (indexes) found.addIndexes(indexes as Indexes<unknown>);
      return found as unknown as Collection<T>;
    },
    drain() {
      const changes = [...changed.values()];
      changed.clear();
      return changes;
    },
    restore(collection, key, value) {
      open(collection).restore(key, value);
    },
  };
}

class IndexedCollection<T> implements Collection<T> {
  readonly #documents = new Map<string, T>();
  readonly #indexes = new Map<string, { keysOf: (value: T) => readonly string[]; found: Map<string, Set<string>> }>();
  readonly #changed: (key: string, value: T | undefined) => void;

  constructor(changed: (key: string, value: T | undefined) => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#documents.size;
  }

  get(key: string): T | undefined {
    return this.#documents.get(key);
  }

  set(key: string, value: T): void {
    this.#unindex(key);
    this.#documents.set(key, value);
    this.#index(key, value);
    this.#changed(key, value);
  }

  restore(key: string, value: T): void {
    this.#unindex(key);
    this.#documents.set(key, value);
    this.#index(key, value);
  }

  delete(key: string): boolean {
    if (!this.#documents.has(key)) return false;
    this.#unindex(key);
    this.#documents.delete(key);
    this.#changed(key, undefined);
    return true;
  }

  values(): IterableIterator<T> {
    return this.#documents.values();
  }

  keys(): IterableIterator<string> {
    return this.#documents.keys();
  }

  by(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new TypeError(`no index '${name}'`);
    const found: T[] = [];
    for (const key of index.found.get(value) ?? []) {
      const document = this.#documents.get(key);
      if (document !== undefined) found.push(document);
    }
    return found;
  }

  addIndexes(indexes: Indexes<T>): void {
    for (const [name, valuesOf] of Object.entries(indexes)) {
      if (this.#indexes.has(name)) continue;
      const keysOf = (document: T) => [valuesOf(document) ?? []].flat();
      this.#indexes.set(name, { keysOf, found: new Map() });
    }
    for (const [key, value] of this.#documents) {
      this.#unindex(key);
      this.#index(key, value);
    }
  }

  #index(key: string, value: T): void {
    for (const { keysOf, found } of this.#indexes.values()) {
      for (const indexed of keysOf(value)) {
        const keys = found.get(indexed) ?? new Set();
        found.set(indexed, keys.add(key));
      }
    }
  }

  #unindex(key: string): void {
    const old = this.#documents.get(key);
    if (old === undefined) return;
    for (const { keysOf, found } of this.#indexes.values()) {
      for (const indexed of keysOf(old)) {
        const keys = found.get(indexed);
        keys?.delete(key);
        if (keys?.size === 0) found.delete(indexed);
      }
    }
  }
}

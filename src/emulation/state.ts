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
  /** Grows with every insertion of the whole state; restoring in this order keeps the collections' order. */
  readonly position: number;
}

export interface State {
  /** The same name gives the same collection; names start with the slice's name: `ias/users`. */
  collection<T>(name: string, indexes?: Indexes<T>): Collection<T>;
  /** Whether there are changes since the last call of `drain`. */
  changed(): boolean;
  /** Changes since the last call, the newest per document. */
  drain(): readonly StateChange[];
  /** Fills a collection without marking changes; before its first use, in ascending order of `position`. */
  restore(collection: string, key: string, value: unknown, position?: number): void;
}

export function createState(): State {
  const collections = new Map<string, IndexedCollection<unknown>>();
  const changed = new Map<string, StateChange>();
  let last = 0;

  function open(name: string): IndexedCollection<unknown> {
    let found = collections.get(name);
    if (!found) {
      found = new IndexedCollection({
        position: () => ++last,
        changed: (key, value, position) => {
          changed.set(`${name}\n${key}`, { collection: name, key, value, position });
        },
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
    changed: () => changed.size > 0,
    drain() {
      const changes = [...changed.values()];
      changed.clear();
      return changes;
    },
    restore(collection, key, value, position = last + 1) {
      last = Math.max(last, position);
      open(collection).restore(key, value, position);
    },
  };
}

interface Entry<T> {
  readonly value: T;
  readonly position: number;
}

interface Bookkeeping {
  position(): number;
  changed(key: string, value: unknown, position: number): void;
}

interface Index<T> {
  readonly keysOf: (value: T) => readonly string[];
  /** A key by itself where there is one only: most values are of one document, and a set is five times as big. */
  readonly found: Map<string, string | Set<string>>;
}

function enter<T>({ keysOf, found }: Index<T>, key: string, value: T): void {
  for (const indexed of keysOf(value)) {
    const keys = found.get(indexed);
    if (keys === undefined || keys === key) found.set(indexed, key);
    else found.set(indexed, typeof keys === 'string' ? new Set([keys, key]) : keys.add(key));
  }
}

class IndexedCollection<T> implements Collection<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #book: Bookkeeping;

  constructor(book: Bookkeeping) {
    this.#book = book;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: T): void {
    const position = this.#entries.get(key)?.position ?? this.#book.position();
    this.restore(key, value, position);
    this.#book.changed(key, value, position);
  }

  restore(key: string, value: T, position: number): void {
    this.#unindex(key);
    this.#entries.set(key, { value, position });
    this.#index(key, value);
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#unindex(key);
    this.#entries.delete(key);
    this.#book.changed(key, undefined, entry.position);
    return true;
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  by(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new TypeError(`no index '${name}'`);
    const keys = index.found.get(value);
    if (keys === undefined) return [];
    const found: Entry<T>[] = [];
    let ordered = true;
    for (const key of typeof keys === 'string' ? [keys] : keys) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      ordered &&= (found.at(-1)?.position ?? 0) <= entry.position;
      found.push(entry);
    }
    // A changed document enters its index anew, but keeps its place among the others.
    if (!ordered) found.sort((a, b) => a.position - b.position);
    return found.map((entry) => entry.value);
  }

  addIndexes(indexes: Indexes<T>): void {
    for (const [name, valuesOf] of Object.entries(indexes)) {
      if (this.#indexes.has(name)) continue;
      const index: Index<T> = {
        keysOf(document) {
          const values = valuesOf(document);
          if (values === undefined) return [];
          return typeof values === 'string' ? [values] : values;
        },
        found: new Map(),
      };
      this.#indexes.set(name, index);
      for (const [key, { value }] of this.#entries) enter(index, key, value);
    }
  }

  #index(key: string, value: T): void {
    for (const index of this.#indexes.values()) enter(index, key, value);
  }

  #unindex(key: string): void {
    const old = this.#entries.get(key);
    if (!old) return;
    for (const { keysOf, found } of this.#indexes.values()) {
      for (const indexed of keysOf(old.value)) {
        const keys = found.get(indexed);
        if (keys === key) found.delete(indexed);
        if (typeof keys === 'string' || !keys?.delete(key)) continue;
        if (keys.size === 0) found.delete(indexed);
      }
    }
  }
}

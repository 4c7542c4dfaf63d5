import { InvariantError } from '../../kernel/errors.ts';
import type { Store } from '../../kernel/ports.ts';

/** A store that is given back while a command waits for minutes: others, a freeze above all, need it meanwhile. */
export interface RestingStore extends Store {
  /** Closes the store, waits, and opens it again. */
  rest(wait: () => Promise<void>): Promise<void>;
}

export async function openRestingStore(open: () => Promise<Store>): Promise<RestingStore> {
  let current: Store | undefined = await open();
  const opened = (): Store => {
    if (current) return current;
    throw new InvariantError('the store is closed while its command waits');
  };
  const close = async (): Promise<void> => {
    const closing = current;
    current = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    get journal() {
      return opened().journal;
    },
    get trail() {
      return opened().trail;
    },
    get vault() {
      return opened().vault;
    },
    get rotations() {
      return opened().rotations;
    },
    get holds() {
      return opened().holds;
    },
    get copies() {
      return opened().copies;
    },
    get runs() {
      return opened().runs;
    },
    get leases() {
      return opened().leases;
    },
    fenced: (lease) => opened().fenced(lease),
    async rest(wait) {
      await close();
      await wait();
      current = await open();
    },
    [Symbol.asyncDispose]: close,
  };
}

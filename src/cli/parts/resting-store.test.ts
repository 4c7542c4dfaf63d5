import { expect, test } from 'vitest';
import type { Store } from '../../kernel/ports.ts';
import { Secret } from '../../kernel/secret.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { openRestingStore } from './resting-store.ts';

test('while its command waits nobody has the store; afterwards it is opened again', async () => {
  const memory = createMemoryStore();
  let opened = 0;
  const open = async (): Promise<Store> => {
    opened++;
    return {
      ...memory,
      [Symbol.asyncDispose]: async () => {
        opened--;
      },
    };
  };
  {
    await using store = await openRestingStore(open);
    await store.vault.propose('a', new Secret('one'), 1);
    await store.rest(async () => {
      expect(opened).toBe(0);
      expect(() => store.vault).toThrow('closed while its command waits');
    });
    expect(opened).toBe(1);
    expect(await store.vault.names()).toEqual(['a']);
  }
  expect(opened).toBe(0);
});

test('a store that others keep is an error of the command, not a store that is used half open', async () => {
  const memory = createMemoryStore();
  let busy = false;
  await using store = await openRestingStore(async () => {
    if (busy) throw new Error('in use');
    return memory;
  });
  await expect(
    store.rest(async () => {
      busy = true;
    }),
  ).rejects.toThrow('in use');
  expect(() => store.trail).toThrow('closed while its command waits');
});

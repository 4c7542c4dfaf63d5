import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { CredstoreError } from './errors.ts';
import type { CredstoreStore, KeptPassword } from './store.ts';

/** Who calls, and in which namespace: names are names within it (credential-store:14c3419). */
export interface Caller {
  readonly binding: string;
  readonly namespace: string;
}

type Given = Pick<KeptPassword, 'name' | 'value'> & {
  readonly username?: string | undefined;
  readonly metadata?: string | undefined;
};

/** Creates or replaces: there are no versions (credential-store:7202e7a). */
export function writePassword(ctx: EmulatorContext, store: CredstoreStore, caller: Caller, given: Given) {
  const key = keyOf(caller, given.name);
  const created = store.passwords.get(key) === undefined;
  const { name, value, username, metadata } = given;
  const kept: KeptPassword = {
    ...caller,
    id: ctx.id(),
    name,
    value,
    ...(username === undefined ? {} : { username }),
    ...(metadata === undefined ? {} : { metadata }),
    modifiedAt: ctx.now(),
  };
  store.passwords.set(key, kept);
  return { kept, created };
}

export function findPassword(store: CredstoreStore, caller: Caller, name: string): KeptPassword {
  const found = store.passwords.get(keyOf(caller, name));
  if (!found) throw new CredstoreError(404, 'not found');
  return found;
}

export function removePassword(store: CredstoreStore, caller: Caller, name: string): void {
  findPassword(store, caller, name);
  store.passwords.delete(keyOf(caller, name));
}

/** As the API answers it. */
export function viewOf({ id, name, value, username, metadata, modifiedAt }: KeptPassword): object {
  const optional = { ...(username === undefined ? {} : { username }), ...(metadata === undefined ? {} : { metadata }) };
  return { id, name, modifiedAt: new Date(modifiedAt).toISOString(), status: 'enabled', value, ...optional };
}

function keyOf({ binding, namespace }: Caller, name: string): string {
  return JSON.stringify([binding, namespace, name]);
}

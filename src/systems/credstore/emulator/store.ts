import type { EmulatorContext } from '../../../emulation/emulator.ts';

/** A binding as the service knows it. */
export interface Binding {
  /** User name of its basic authentication. */
  readonly id: string;
  readonly password: string;
  readonly region: string;
  /** PKCS#8 and SPKI, base64 without armour. */
  readonly serverPrivateKey: string;
  readonly clientPublicKey: string;
}

/** A password of a namespace. */
export interface KeptPassword {
  readonly binding: string;
  readonly namespace: string;
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly username?: string;
  readonly metadata?: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export function openCredstoreStore(ctx: EmulatorContext) {
  return {
    bindings: ctx.state.collection<Binding>('credstore/bindings'),
    passwords: ctx.state.collection<KeptPassword>('credstore/passwords'),
  };
}
export type CredstoreStore = ReturnType<typeof openCredstoreStore>;

import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A text that no log, error, plan, journal or trail may show. Every accidental way to a string gives `[secret]`;
 * the only way out is {@link Secret.reveal}, called at the socket.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it only where the bytes leave the process. */
  reveal(): string {
    return this.#text;
  }

  /** Whether both hold the same text. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

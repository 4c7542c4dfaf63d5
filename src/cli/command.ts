import type { GlobalOptions } from './global-options.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts/parts.ts';

export interface OptionSpec {
  /** In commander's notation: `-m, --manifest <file>`. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  /** Whether the value must be a whole number that is not negative. */
  readonly number?: true;
  readonly default?: string;
  readonly hidden?: true;
  /** What the value is, for shell completion. */
  readonly completes?: 'file' | 'directory';
}

export interface ArgumentSpec {
  /** In commander's notation: `<name>`, `[file]`, `[name...]`. */
  readonly name: string;
  readonly about: string;
  readonly choices?: readonly string[];
  readonly completes?: 'file';
}

/** A command as help and completion show it; what it does is loaded only when it is called. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, for the command's own help. */
  readonly description?: string;
  readonly group?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
  readonly commands?: readonly CommandSpec[];
  readonly load?: () => Promise<{ readonly run: RunCommand }>;
}

/** One call of a command. */
export interface Invocation {
  readonly io: Io;
  readonly parts: Parts;
  readonly globals: GlobalOptions;
  readonly args: readonly string[];
  /** As typed, by the option's long name in camel case; each command parses its own. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The whole table, for help and completion. */
  readonly table: readonly CommandSpec[];
}

/** @returns the exit code */
export type RunCommand = (call: Invocation) => Promise<number>;

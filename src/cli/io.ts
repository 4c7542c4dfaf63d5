/** Where text goes. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in characters. */
  readonly columns: number;
}

/** Where text comes from. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY: boolean;
}

/** The process as commands see it. Only `main.ts` makes the real one. */
export interface Io {
  /** Words after the name of the program. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Input;
  /** Data. */
  readonly stdout: Output;
  /** Talk. */
  readonly stderr: Output;
  /** Who acts, for journal and trail: `user@host`. */
  readonly who: string;
  readonly pid: number;
  /** Whether a process of this machine runs. */
  isAlive(pid: number): boolean;
  /** Calls the listener on SIGINT, SIGTERM and SIGHUP instead of ending the process, until the result is called. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
}

/**
 * One call of a scenario. `{name}` stands for what an earlier answer was asked to keep, or for what the world knows (`{admin-secret}`):
 * in the path it is percent-encoded, everywhere else it stands as it is.
 */
export interface Step {
  /** What it is about, where the call itself does not say it. */
  readonly says?: string;
  /** Where a world has several: its name there. */
  readonly host?: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Client credentials for Basic: `id:secret`, sent as they stand. */
  readonly basic?: string;
  /** Access token. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A body as text, with a content type among the headers. */
  readonly body?: string;
  /**
   * What later calls need of the answer, by name: a path into its JSON (`resources.0.id`), `header:NAME`,
   * `cookie:NAME`, `location:PARAMETER`, or `body` for a bare JSON text.
   */
  readonly keep?: Readonly<Record<string, string>>;
  /** Seconds that pass before the call. */
  readonly wait?: number;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A call with every name replaced. */
export interface Call {
  readonly host?: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A service that scenarios can be played at. */
export interface World extends AsyncDisposable {
  /** What the world knows beforehand: secrets, passwords, assertions. */
  readonly names: ReadonlyMap<string, string>;
  send(call: Call): Promise<Response>;
  wait(seconds: number): Promise<void>;
}

/** An answer as it is recorded and compared: without whatever differs each time. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Header and claims of the tokens in it, by their place. */
  readonly tokens?: Readonly<Record<string, unknown>>;
}

/** Makes of a response what is recorded and compared; `names` are the values that have a name by then. */
export type Normal = (response: Response, text: string, names: ReadonlyMap<string, string>) => Answer;

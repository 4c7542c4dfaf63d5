/** Options that every command understands. */
export interface GlobalOptions {
  readonly manifest: string;
  /** Whether `--manifest` was given, or LOCUM_MANIFEST is set. */
  readonly manifestGiven: boolean;
  readonly store: string;
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  /** Data directory of the local landscape to work on; absent = the real world. */
  readonly local?: string;
}

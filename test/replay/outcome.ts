/** What a judge says of one recorded interaction. */
export type Verdict = 'passed' | 'failed' | 'not emulated';

/** One recorded interaction, judged. */
export interface Outcome {
  readonly cassette: string;
  readonly index: number;
  /** Command or route without ids: `security/trust?list`, `GET /v3/roles/:guid`. */
  readonly operation: string;
  /** Whether it is about one of the resources that the landscape promises; only these count for the ratio. */
  readonly promised: boolean;
  /** Would our clients send it, and can they read the answer. */
  readonly client: Verdict;
  /** Does the emulator answer as the service did. */
  readonly emulator: Verdict;
  /** What is different, or why it was not judged. */
  readonly because: readonly string[];
}

export function passedBoth(outcome: Outcome): boolean {
  return outcome.client === 'passed' && outcome.emulator === 'passed';
}

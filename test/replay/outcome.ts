/** What a judge says of one recorded interaction. */
export type Verdict = 'passed' | 'failed' | 'not emulated';

export interface Judgement {
  readonly verdict: Verdict;
  /** What is different, or why it was not judged. */
  readonly because: readonly string[];
}

const PASSED: Judgement = { verdict: 'passed', because: [] };

/** Passed when nothing is different. */
export function judged(differences: readonly string[]): Judgement {
  return differences.length === 0 ? PASSED : { verdict: 'failed', because: differences };
}

/** One recorded interaction, judged. */
export interface Outcome {
  readonly cassette: string;
  readonly index: number;
  /** Command or route without ids: `security/trust?list`, `GET /v3/roles/:guid`. */
  readonly operation: string;
  /** Whether it is about one of the resources that the landscape promises; only these count for the ratio. */
  readonly promised: boolean;
  /** Would our clients send it, and can they read the answer. */
  readonly client: Judgement;
  /** Does the emulator answer as the service did. */
  readonly emulator: Judgement;
}

export function passedBoth(outcome: Outcome): boolean {
  return outcome.client.verdict === 'passed' && outcome.emulator.verdict === 'passed';
}

/** Judges one interaction; an answer that is not what it should be says nothing about those beside it. */
export async function judgeOne(judge: () => Promise<Judgement>): Promise<Judgement> {
  try {
    return await judge();
  } catch (error) {
    return failedBy(error);
  }
}

function failedBy(error: unknown): Judgement {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { verdict: 'failed', because: [`could not be played: ${text}`] };
}

/** Judges a sequence; what can't be played to its end says nothing about the emulator that could be called passed. */
export async function judgeAll(
  rows: readonly unknown[],
  judge: () => Promise<readonly Judgement[]>,
): Promise<readonly Judgement[]> {
  try {
    return await judge();
  } catch (error) {
    return rows.map(() => failedBy(error));
  }
}

/** The command line is wrong: mend the command. */
export class UsageError extends Error {
  /** What to type instead. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

import type { ConformanceLandscape } from './landscape.ts';
import { Skip } from './skip.ts';

/** A program that somebody else wrote against the real services, and what it asks of the landscape. */
export interface Client {
  /** With the version where it is ours to choose; what of it is asked after a `·`. */
  readonly name: string;
  /** SPDX identifier, or the name of the licence. Only free ones run in `npm test`. */
  readonly licence: string;
  /** Whether it comes with npm or Debian packages under a free licence: then it runs in `npm test` too. */
  readonly free: boolean;
  /** Resolves when the client got what it wants; throws a {@link Skip} when it cannot be asked here. */
  run(landscape: ConformanceLandscape, step: Step): Promise<void>;
}

/** Runs one thing that a client does; the name stands in the report, and before the message of what it throws. */
export type Step = <T>(name: string, act: () => T | Promise<T>) => Promise<T>;

export type Verdict =
  | { readonly status: 'PASS'; readonly steps: readonly string[] }
  | { readonly status: 'FAIL'; readonly because: string; readonly error: unknown }
  | { readonly status: 'SKIP'; readonly because: string };

/** Asks a client; never throws. */
export async function judge(client: Client, landscape: ConformanceLandscape): Promise<Verdict> {
  const steps: string[] = [];
  let current = 'start';
  try {
    await client.run(landscape, async (name, act) => {
      current = name;
      const result = await act();
      steps.push(name);
      return result;
    });
    return { status: 'PASS', steps };
  } catch (error) {
    const because = firstLine(error);
    if (error instanceof Skip) return { status: 'SKIP', because };
    return { status: 'FAIL', because: `${current}: ${because}`, error };
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

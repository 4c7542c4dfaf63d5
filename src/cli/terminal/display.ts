import type { GlobalOptions } from '../global-options.ts';
import type { Io } from '../io.ts';
import { type Style, styleFor } from '../render/style.ts';

/** How a command tells things: data on stdout, talk on stderr. */
export interface Display {
  /** How stdout is set. */
  readonly style: Style;
  /** Result for people; nothing with `--json`. */
  print(text: string): void;
  /** Result for programs: one object on one line; nothing without `--json`. */
  json(value: unknown): void;
  /** Talk; nothing with `--quiet`. */
  say(text: string): void;
}

export function displayOf(io: Io, globals: GlobalOptions): Display {
  return {
    style: styleFor(io.stdout, io, globals),
    print(text) {
      if (!globals.json) io.stdout.write(text);
    },
    json(value) {
      if (globals.json) io.stdout.write(`${JSON.stringify(value)}\n`);
    },
    say(text) {
      if (!globals.quiet) io.stderr.write(`${text}\n`);
    },
  };
}

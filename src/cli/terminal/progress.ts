import type { EngineEvent } from '../../engine/engine.ts';
import type { GlobalOptions } from '../global-options.ts';
import type { Io } from '../io.ts';
import { type Style, styleFor } from '../render/style.ts';
import { count, oneLine, printable } from '../render/text.ts';

/** Shows what happens while it happens. */
export interface Progress {
  handle(event: EngineEvent): void;
  /** How many steps the run has; a bar needs it. */
  expect(steps: number): void;
  /** Leaves the terminal clean; safe to call twice. */
  end(): void;
}

/** The progress display that fits: events as JSON, a bar on a terminal, plain lines elsewhere, none with `--quiet`. */
export function progressFor(io: Io, globals: GlobalOptions, options: { readonly events?: boolean } = {}): Progress {
  if (globals.json) return options.events ? jsonLines(io) : silent;
  if (globals.quiet) return silent;
  return io.stderr.isTTY ? bar(io, styleFor(io.stderr, io, globals)) : plainLines(io);
}

const silent: Progress = { handle() {}, expect() {}, end() {} };

function jsonLines(io: Io): Progress {
  return {
    ...silent,
    handle: ({ event, fields }) => io.stdout.write(`${JSON.stringify({ event, ...fields })}\n`),
  };
}

const FINISHED = new Set(['step.done', 'step.found', 'step.failed', 'step.unknown', 'step.skipped']);

function plainLines(io: Io): Progress {
  let waits: unknown;
  return {
    ...silent,
    handle({ event, fields }) {
      // Told from time to time; a line each time would be noise.
      if (event === 'rotation.settling' && fields.until !== waits) {
        waits = fields.until;
        io.stderr.write(
          `waiting until ${String(waits)}: caches may hold the old secret (Ctrl-C is safe, \`locum rotate\` goes on)\n`,
        );
      }
      if (!FINISHED.has(event)) return;
      const because = typeof fields.because === 'string' ? `: ${oneLine(fields.because)}` : '';
      const action = typeof fields.action === 'string' ? `${fields.action} ` : '';
      io.stderr.write(`${event.slice('step.'.length)} ${action}${oneLine(String(fields.address))}${because}\n`);
    },
  };
}

/** Width of the bar in characters. */
const BAR = 24;

function bar(io: Io, { paint }: Style): Progress {
  let total = 0;
  let finished = 0;
  let scopes = 0;
  let hops = 0;
  let shown = false;

  function draw(text: string): void {
    // One character less than the terminal has: a full line would break and leave its first half behind.
    const line = text.length >= io.stderr.columns ? `${text.slice(0, io.stderr.columns - 2)}…` : text;
    io.stderr.write(`\r\u001b[2K${paint.dim(line)}`);
    shown = true;
  }

  /** A bar where it is known how many steps there are, as in an apply; else which step it is. */
  function stepText({ address, action }: EngineEvent['fields']): string {
    const place = printable(String(address ?? ''));
    return total > 0 ? `${filled(finished, total)} ${place}` : `${String(action)} ${place}`;
  }

  function clear(): void {
    if (shown) io.stderr.write('\r\u001b[2K');
    shown = false;
  }

  return {
    handle({ event, fields }) {
      const address = oneLine(String(fields.address ?? ''));
      if (event === 'scope.observe') draw(`looking at ${count(++scopes, 'scope')} …`);
      else if (event === 'hop') draw(`proving: ${count(++hops, 'hop')} …`);
      else if (event === 'inventory.read') draw(`looking at ${String(fields.system)} …`);
      else if (event === 'rotation.looking') draw('looking for everything that holds it …');
      else if (event === 'rotation.settling') draw(settlingText(fields));
      else if (event === 'step.started') {
        // The look after the last step counts anew.
        scopes = 0;
        draw(stepText(fields));
      } else if (FINISHED.has(event)) {
        finished++;
        if (event === 'step.failed' || event === 'step.unknown') {
          clear();
          io.stderr.write(`${paint.red(event.slice('step.'.length))} ${address}\n`);
        }
        draw(stepText(fields));
      }
    },
    expect(steps) {
      total = steps;
    },
    end: clear,
  };
}

/** A wait of minutes: how long yet, what for, and that it need not be waited for here. */
function settlingText({ leftMs }: EngineEvent['fields']): string {
  const seconds = Math.ceil(Number(leftMs) / 1000);
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return `${left} left: caches may hold the old secret (Ctrl-C is safe)`;
}

function filled(finished: number, total: number): string {
  const part = Math.min(BAR, Math.floor((finished / total) * BAR));
  return `${'█'.repeat(part)}${'░'.repeat(BAR - part)} ${finished}/${total}`;
}

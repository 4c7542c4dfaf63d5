import { z } from 'zod';
import type { TrailEntry } from '../../kernel/ports.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { count, oneLine } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({ verify: z.boolean().optional(), limit: z.number().optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { verify, limit } = options.parse(typed);
  const display = displayOf(io, globals);
  await using store = await parts.openStore(io, globals);
  if (verify) {
    const verdict = await store.trail.verify();
    const intact = verdict.brokenAt === undefined;
    display.print(
      intact
        ? `${display.style.paint.green('✓')} ${count(verdict.entries, 'entry', 'entries')}, the chain is unbroken\n`
        : `${display.style.paint.red('✗')} the chain is broken at entry ${verdict.brokenAt}: it or what stood before it was changed\n`,
    );
    display.json({ ...verdict, intact });
    return intact ? EXIT.ok : EXIT.policy;
  }
  const [subject] = args;
  const entries = await store.trail.read({
    ...(subject === undefined ? {} : { subject }),
    ...(limit === undefined ? {} : { limit }),
  });
  for (const entry of entries) {
    display.print(`${line(entry)}\n`);
    display.json(entry);
  }
  if (entries.length === 0) display.say('the trail is empty');
  return EXIT.ok;
};

/** What a step did, of a rotation or of a plan. */
const step = z.union([
  z.object({ change: z.object({ step: z.string() }) }).transform(({ change }) => change.step),
  z.object({ change: z.object({ rotation: z.string() }) }).transform(() => 'rotation'),
  z.object({ action: z.string() }).transform(({ action }) => action),
]);

function line({ seq, at, who, why, subject, result, change }: TrailEntry): string {
  const what = step.safeParse(change).data ?? step.safeParse({ change }).data;
  const time = new Date(at).toISOString();
  return `${String(seq).padStart(5)}  ${time}  ${result.padEnd(7)}  ${what === undefined ? '' : `${oneLine(what)} `}${oneLine(subject)}  ${oneLine(who)}: ${oneLine(why)}`;
}

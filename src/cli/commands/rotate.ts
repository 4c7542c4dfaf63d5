import { z } from 'zod';
import type { RotateOptions, RotationPreview } from '../../engine/rotation-report.ts';
import { UNREACHABLE } from '../../kernel/rotate/preflight.ts';
import type { Invocation, RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderPreviews, renderRotations } from '../render/rotation.ts';
import { displayOf } from '../terminal/display.ts';
import { personAt } from '../terminal/person.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({
  yes: z.boolean().optional(),
  why: z.string().optional(),
  due: z.boolean().optional(),
  compromised: z.boolean().optional(),
  accept: z.array(z.string()).optional(),
  wait: z.boolean().optional(),
  abort: z.boolean().optional(),
  secretStdin: z.boolean().default(false),
  done: z.boolean().default(false),
  preview: z.boolean().default(false),
});

export const run: RunCommand = async (call) => {
  const parsed = options.parse(call.options);
  const { yes = false, why = 'locum rotate', due, compromised, accept, wait, abort, secretStdin, done } = parsed;
  const { io, globals, args, parts } = call;
  const display = displayOf(io, globals);
  const wanted = {
    ...(args.length > 0 ? { names: args } : { underWay: due !== true }),
    ...(due ? { due } : {}),
    ...(compromised ? { compromised } : {}),
    ...(accept ? { accept } : {}),
  };
  if (parsed.preview) {
    if (abort || secretStdin || done) throw new UsageError('a preview does nothing', 'leave --preview out');
    return preview(call, wanted);
  }
  if (!yes && (globals.json || !io.stdin.isTTY || !io.stderr.isTTY)) {
    throw new UsageError('there is no terminal to ask on', 'see what it would do with --preview, then say --yes');
  }
  if (secretStdin && args.length !== 1) {
    throw new UsageError('standard input brings one secret', 'name the one credential that it is for');
  }
  if (secretStdin && !yes) throw new UsageError('standard input is taken by the secret', 'say --yes');
  let shown: readonly RotationPreview[] = [];
  const reports = await withEngine(call, { events: true }, (engine, progress) =>
    engine.rotate({
      why,
      ...wanted,
      ...(wait === false ? { wait } : {}),
      ...(abort ? { abort } : {}),
      person: personAt(call, { secretStdin, did: done, quiet: progress.end }),
      async confirm(previews) {
        progress.end();
        display.print(renderPreviews(previews, display.style));
        shown = previews;
        return yes || parts.ask.confirm(abort ? 'Do you want to go back?' : 'Do you want to rotate?');
      },
    }),
  );
  if (reports.length === 0) display.say(nothing(due));
  else display.print(renderRotations(reports, display.style, shown));
  display.json({ event: 'result', result: reports });
  const gated = exitOfGated(reports.filter(({ outcome }) => outcome === 'refused'));
  if (gated !== undefined) return gated;
  const settled = reports.every(
    ({ outcome }) => outcome === 'done' || (wait === false && (outcome === 'settling' || outcome === 'waiting')),
  );
  const back = reports.every(
    ({ outcome }) => outcome === 'rolled back' || (wait === false && outcome === 'going back'),
  );
  const wellDone = abort ? back : settled;
  const bad = reports.some(({ findings }) =>
    findings.some(({ severity, code }) => severity === 'error' && !accept?.includes(code)),
  );
  return wellDone && !bad ? EXIT.ok : EXIT.run;
};

/** What would be done, and what stands against it. */
async function preview(
  call: Invocation,
  wanted: Pick<RotateOptions, 'names' | 'due' | 'underWay' | 'compromised' | 'accept'>,
): Promise<number> {
  const display = displayOf(call.io, call.globals);
  const rotations = await withEngine(call, {}, (engine) => engine.previewRotations(wanted));
  if (rotations.length === 0) display.say(nothing(wanted.due));
  else display.print(renderPreviews(rotations, display.style));
  display.json({ rotations });
  return exitOfGated(rotations.filter(({ gated }) => gated)) ?? EXIT.ok;
}

const nothing = (due: boolean | undefined) => (due ? 'Nothing is due.' : 'Nothing is under way: name what to rotate.');

/** A place that does not answer may answer the next call; anything else wants a person. Undefined: nothing is gated. */
function exitOfGated(gated: readonly RotationPreview[]): number | undefined {
  const gates = gated.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
  if (gates.length === 0) return undefined;
  return gates.every(({ code }) => code === UNREACHABLE) ? EXIT.remote : EXIT.policy;
}

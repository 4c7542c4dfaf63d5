import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderDue } from '../render/due.ts';
import { parseDuration } from '../table/duration.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({ within: z.string().default('30d'), exitCode: z.boolean().optional() });

export const run: RunCommand = async (call) => {
  const { within, exitCode = false } = options.parse(call.options);
  const display = displayOf(call.io, call.globals);
  const ahead = parseDuration(within);
  const report = await withEngine(call, {}, (engine) =>
    engine.due({ within: ahead, ...(call.args.length > 0 ? { users: call.args } : {}) }),
  );
  display.print(renderDue(report, display.style));
  display.json(report);
  const due = report.due.some(({ status }) => status === 'ended' || status === 'soon');
  return exitCode && due ? EXIT.changes : EXIT.ok;
};

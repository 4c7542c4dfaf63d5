import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderThaw } from '../render/lifecycle.ts';
import { renderPlan } from '../render/plan.ts';
import { confirmation } from '../terminal/confirmation.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({
  yes: z.boolean().optional(),
  why: z.string().optional(),
  leaveMissing: z.boolean().default(false),
});

export const run: RunCommand = async (call) => {
  const { yes = false, why, leaveMissing } = options.parse(call.options);
  const [name = ''] = call.args;
  const display = displayOf(call.io, call.globals);
  const confirm = confirmation(call, yes, 'add --yes');
  const report = await withEngine(call, { events: true }, (engine, progress) =>
    engine.thaw({
      name,
      why: why ?? 'locum thaw',
      leaveMissing,
      async confirm(plan) {
        progress.end();
        display.print(renderPlan(plan, display.style));
        progress.expect(plan.steps.length);
        return confirm(`Do you want to put this back and let apply look after ${name} again?`);
      },
    }),
  );
  if (!report.confirmed) display.say('Cancelled: nothing was changed.');
  display.print(renderThaw(report, display.style));
  display.json({ event: 'result', result: report });
  return report.complete ? EXIT.ok : EXIT.run;
};

import { z } from 'zod';
import type { ApplyReport } from '../../engine/engine.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readPlan } from '../files/saved-plan.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderPlan } from '../render/plan.ts';
import { isMade, renderApply } from '../render/run.ts';
import { planOptions } from '../table/options.ts';
import { confirmation } from '../terminal/confirmation.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = planOptions.extend({
  yes: z.boolean().optional(),
  why: z.string().optional(),
  forget: z.array(z.string()).optional(),
});

export const run: RunCommand = async (call) => {
  const { yes = false, why, forget, ...given } = options.parse(call.options);
  const { io, globals, args } = call;
  const display = displayOf(io, globals);
  const confirmed = confirmation(call, yes, 'review with `locum plan`, then `locum apply --yes`');
  const plan = args[0] === undefined ? undefined : await readPlan(args[0], call);
  if (plan?.offboard) {
    const { name } = plan.offboard;
    throw new UsageError(`this plan offboards ${name}`, `locum offboard ${name} --plan ${args[0]}`);
  }
  if (plan && Object.values(given).some((value) => value !== undefined)) {
    throw new UsageError(
      'a saved plan has its options in it',
      'leave --adopt, --prune, --max-removals and --renew out',
    );
  }
  const report = await withEngine(call, { events: true }, async (engine, progress) =>
    engine.apply({
      ...given,
      ...(plan ? { plan } : {}),
      ...(forget ? { forget } : {}),
      why: why ?? 'locum apply',
      async confirm(proposed) {
        progress.end();
        display.print(renderPlan(proposed, display.style));
        progress.expect(proposed.steps.length);
        return confirmed('Do you want to perform these actions?');
      },
    }),
  );
  if (report.plan.steps.length === 0) display.print(renderPlan(report.plan, display.style));
  if (!report.confirmed) display.say('Apply cancelled: nothing was changed.');
  const ending = renderApply(report, display.style);
  display.print(ending === '' ? '' : `\n${ending}`);
  display.json({ event: 'result', result: report });
  return isComplete(report) ? EXIT.ok : EXIT.run;
};

/** Whether everything that was planned is in place now. */
function isComplete({ confirmed, run: made, remaining }: ApplyReport): boolean {
  return confirmed && (made?.steps ?? []).every(isMade) && remaining.steps.length === 0;
}

import { z } from 'zod';
import type { Plan } from '../../kernel/plan/plan.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { savePlan } from '../files/saved-plan.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderPlan } from '../render/plan.ts';
import { planOptions } from '../table/options.ts';
import { displayOf } from '../terminal/display.ts';

const options = planOptions.extend({
  out: z.string().optional(),
  exitCode: z.boolean().optional(),
  detailedExitcode: z.boolean().optional(),
});

export const run: RunCommand = async (call) => {
  const { out, exitCode, detailedExitcode, ...given } = options.parse(call.options);
  const display = displayOf(call.io, call.globals);
  const plan = await withEngine(call, {}, (engine) => engine.plan(given));
  display.print(renderPlan(plan, display.style));
  display.json(plan);
  if (out !== undefined) {
    await savePlan(plan, out, call);
    display.say(`\nSaved the plan. Apply exactly it with: locum apply ${out}`);
  }
  if (isGated(plan)) return EXIT.policy;
  return (exitCode || detailedExitcode) && plan.steps.length > 0 ? EXIT.changes : EXIT.ok;
};

function isGated(plan: Plan): boolean {
  return plan.findings.some((finding) => finding.severity === 'error');
}

import { z } from 'zod';
import type { Plan } from '../../kernel/plan/plan.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readPlan, savePlan } from '../files/saved-plan.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderOffboard } from '../render/lifecycle.ts';
import { renderPlan } from '../render/plan.ts';
import { isMade } from '../render/run.ts';
import { confirmation } from '../terminal/confirmation.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({
  yes: z.boolean().optional(),
  why: z.string().optional(),
  out: z.string().optional(),
  plan: z.string().optional(),
  email: z.string().optional(),
  keepIas: z.boolean().optional(),
  keepShadowUsers: z.boolean().optional(),
  leaveForeign: z.boolean().optional(),
  leaveUnread: z.boolean().optional(),
  maxRemovals: z.number().optional(),
});

export const run: RunCommand = async (call) => {
  const { yes = false, why, out, plan: file, ...given } = options.parse(call.options);
  const [name = ''] = call.args;
  const display = displayOf(call.io, call.globals);
  if (out !== undefined) {
    const plan = await withEngine(call, {}, (engine) => engine.planOffboard({ name, ...given }));
    display.print(renderPlan(plan, display.style));
    display.json(plan);
    await savePlan(plan, out, call);
    display.say(`\nSaved the plan. Carry out exactly it with: locum offboard ${name} --plan ${out}`);
    return plan.findings.some((finding) => finding.severity === 'error') ? EXIT.policy : EXIT.ok;
  }
  const confirm = confirmation(call, yes, `review with \`locum offboard ${name} --out FILE\`, then add --yes`);
  const plan = file === undefined ? undefined : await savedFor(name, file, given, call);
  const report = await withEngine(call, { events: true }, (engine, progress) =>
    engine.offboard({
      name,
      ...given,
      ...(plan ? { plan } : {}),
      why: why ?? 'locum offboard',
      async confirm(proposed) {
        progress.end();
        display.print(renderPlan(proposed, display.style));
        progress.expect(proposed.steps.length);
        return confirm(`Do you want to remove ${name} everywhere? This can not be undone.`);
      },
    }),
  );
  if (!report.confirmed) display.say('Cancelled: nothing was changed.');
  display.print(renderOffboard(name, report, display.style));
  display.json({ event: 'result', result: report });
  const made = (report.run?.steps ?? []).every(isMade) && report.remaining.steps.length === 0;
  return report.confirmed && made ? EXIT.ok : EXIT.run;
};

async function savedFor(
  name: string,
  file: string,
  given: Readonly<Record<string, unknown>>,
  call: Parameters<RunCommand>[0],
): Promise<Plan> {
  if (Object.values(given).some((value) => value !== undefined))
    throw new UsageError('a saved plan has its options in it', 'leave the other options out');
  const plan = await readPlan(file, call);
  if (plan.offboard?.name === name) return plan;
  throw new UsageError(`${file} is no plan to offboard ${name}`, `make one: locum offboard ${name} --out FILE`);
}

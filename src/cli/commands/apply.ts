import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ApplyReport } from '../../engine/engine.ts';
import { PlanError } from '../../kernel/errors.ts';
import { type Plan, planSchema } from '../../kernel/plan.ts';
import type { Invocation, RunCommand } from '../command.ts';
import { displayOf } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { planOptions } from '../options.ts';
import { renderPlan } from '../render/plan.ts';
import { isMade, renderApply } from '../render/run.ts';
import { UsageError } from '../usage-error.ts';
import { withEngine } from '../with-engine.ts';

const options = planOptions.extend({ yes: z.boolean().optional(), why: z.string().optional() });

export const run: RunCommand = async (call) => {
  const { yes = false, why, ...given } = options.parse(call.options);
  const { io, globals, args, parts } = call;
  const display = displayOf(io, globals);
  if (!yes && (globals.json || !io.stdin.isTTY || !io.stderr.isTTY)) {
    throw new UsageError('there is no terminal to ask on', 'review with `locum plan`, then `locum apply --yes`');
  }
  const plan = args[0] === undefined ? undefined : await readPlan(args[0], call);
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
      why: why ?? 'locum apply',
      async confirm(proposed) {
        progress.end();
        display.print(renderPlan(proposed, display.style));
        progress.expect(proposed.steps.length);
        return yes || parts.ask.confirm('Do you want to perform these actions?');
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

async function readPlan(file: string, { io }: Invocation): Promise<Plan> {
  const remedy = 'make one: locum plan --out FILE';
  const text = await readFile(path.resolve(io.cwd, file), 'utf8').catch((cause: unknown) => {
    throw new PlanError('ERR_PLAN_INVALID', `can't read the plan ${file}`, { remedy, cause });
  });
  try {
    return planSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new PlanError('ERR_PLAN_INVALID', `${file} is not a plan of this version of Locum`, { remedy, cause });
  }
}

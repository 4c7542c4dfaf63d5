import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PlanError } from '../../kernel/errors.ts';
import { type Plan, planSchema } from '../../kernel/plan/plan.ts';
import type { Invocation } from '../command.ts';

/** @throws PlanError when the file is none, or of another version */
export async function readPlan(file: string, { io }: Pick<Invocation, 'io'>): Promise<Plan> {
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

export async function savePlan(plan: Plan, file: string, { io }: Pick<Invocation, 'io'>): Promise<void> {
  await writeFile(path.resolve(io.cwd, file), `${JSON.stringify(plan, undefined, 2)}\n`);
}

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Invocation, RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderFinish, renderMigration, renderOverview } from '../render/migration.ts';
import { renderPlan } from '../render/plan.ts';
import { confirmation } from '../terminal/confirmation.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const DAY_MS = 86_400_000;

const options = z.object({
  from: z.string().optional(),
  email: z.string().optional(),
  to: z.string().optional(),
  overview: z.boolean().optional(),
  entry: z.union([z.string(), z.boolean()]).optional(),
  finish: z.boolean().optional(),
  now: z.boolean().optional(),
  leaveForeign: z.boolean().optional(),
  leaveUnread: z.boolean().optional(),
  grace: z.string().optional(),
  yes: z.boolean().optional(),
  why: z.string().optional(),
});

const PHASES = {
  make: (to: string) => `Do you want to make ${to} so?`,
  flip: (to: string) => `${to} is proven. Do you want to give it the destinations?`,
} as const;

export const run: RunCommand = async (call) => {
  const { from, email, to, yes = false, why = 'locum migrate', ...given } = options.parse(call.options);
  if (from === undefined) throw new UsageError('whom to replace is missing', 'locum migrate --from P2001234567');
  const subject = { from, ...(email === undefined ? {} : { email }), ...(to === undefined ? {} : { to }) };
  if (given.finish) return finish(call, { ...subject, why }, given, yes);
  if (!from.includes('@') && email === undefined) {
    throw new UsageError(`accounts and Cloud Foundry know ${from} by its e-mail`, 'add --email ADDRESS');
  }
  const display = displayOf(call.io, call.globals);
  if (given.overview || given.entry !== undefined) {
    const survey = await withEngine(call, {}, (engine) => engine.surveyMigration(subject));
    const entry = stringify([survey.entry]);
    if (given.overview) display.print(renderOverview(survey, display.style));
    else if (typeof given.entry === 'string') await writeFile(path.resolve(call.io.cwd, given.entry), entry);
    else display.print(entry);
    display.json(survey);
    return EXIT.ok;
  }
  const confirm = confirmation(call, yes, 'look at it with --overview, then add --yes');
  const report = await withEngine(call, { events: true }, (engine, progress) =>
    engine.migrate({
      ...subject,
      why,
      graceMs: graceOf(given.grace ?? '7d'),
      async confirm(plan, phase) {
        progress.end();
        display.print(renderPlan(plan, display.style));
        progress.expect(plan.steps.length);
        return confirm(PHASES[phase](to ?? 'the new user'));
      },
    }),
  );
  display.print(renderMigration(report, display.style));
  display.json({ event: 'result', result: report });
  return report.ended === 'grace' ? EXIT.ok : EXIT.run;
};

async function finish(
  call: Invocation,
  subject: { readonly from: string; readonly email?: string; readonly to?: string; readonly why: string },
  {
    now,
    leaveForeign,
    leaveUnread,
  }: { now?: boolean | undefined; leaveForeign?: boolean | undefined; leaveUnread?: boolean | undefined },
  yes: boolean,
): Promise<number> {
  const display = displayOf(call.io, call.globals);
  const confirm = confirmation(call, yes, 'add --yes');
  const report = await withEngine(call, { events: true }, (engine, progress) =>
    engine.finishMigration({
      ...subject,
      early: now ?? false,
      leaveForeign: leaveForeign ?? false,
      leaveUnread: leaveUnread ?? false,
      async confirm(plan) {
        progress.end();
        display.print(renderPlan(plan, display.style));
        progress.expect(plan.steps.length);
        return confirm(`Do you want to take the rights of ${subject.from} away?`);
      },
    }),
  );
  display.print(renderFinish(subject.from, report, display.style));
  display.json({ event: 'result', result: report });
  return report.complete ? EXIT.ok : EXIT.run;
}

function graceOf(text: string): number {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  if (days === undefined) throw new UsageError(`'${text}' is no number of days`, 'write it as 7d');
  return Number(days) * DAY_MS;
}

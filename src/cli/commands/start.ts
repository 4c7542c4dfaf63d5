import path from 'node:path';
import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import type { Invocation, RunCommand } from '../command.ts';
import { EXAMPLE_MANIFEST } from '../example.ts';
import { EXIT } from '../exit-codes.ts';
import { openLocalWorld } from '../parts/local-world.ts';
import type { World } from '../parts/parts.ts';
import { renderDoctor } from '../render/doctor.ts';
import { renderAddresses } from '../render/landscape.ts';
import { renderPlan } from '../render/plan.ts';
import { isMade, renderApply } from '../render/run.ts';
import { fileName } from '../render/style.ts';
import { type Display, displayOf } from '../terminal/display.ts';
import { progressFor } from '../terminal/progress.ts';
import { untilAsked } from '../terminal/stay.ts';
import { exitCodeOf } from './doctor.ts';

const options = z.object({ directory: z.string(), seed: z.string().optional(), once: z.boolean().optional() });

/** The newcomer's tour. */
export const run: RunCommand = async (call) => {
  const { io, globals, parts } = call;
  const { directory, seed, once } = options.parse(call.options);
  const folder = globals.local ?? directory;
  const display = displayOf(io, globals);
  // From here on: who interrupts the tour gets the landscape closed properly.
  const asked = once ? undefined : untilAsked(io);

  await using found = await parts.findLandscape(path.resolve(io.cwd, folder));
  if (found) {
    display.say(`The local landscape is up already (process ${found.pid}); working on it.`);
    await using world = await openLocalWorld(folder, io, parts);
    return await tour(call, folder, world, display);
  }
  display.say(`Booting the local landscape in ${folder} …`);
  await using landscape = await parts.openLandscape(
    path.resolve(io.cwd, folder),
    seed === undefined ? undefined : path.resolve(io.cwd, seed),
  );
  const code = await tour(
    call,
    folder,
    { fetch: landscape.fetch, now: () => landscape.clock.now(), env: landscape.credentials() },
    display,
  );
  if (!asked) return code;
  const addresses = await landscape.listen();
  display.print(`\n${renderAddresses(addresses, folder, display.style)}`);
  display.json({ event: 'addresses', ...addresses });
  display.say('It stays up until Ctrl-C.');
  await asked;
  return code;
};

/** Plan, apply and doctor. @returns the doctor's exit code */
async function tour(call: Invocation, folder: string, world: World, display: Display): Promise<number> {
  const { io, parts } = call;
  const globals = {
    ...call.globals,
    manifest: call.globals.manifestGiven ? call.globals.manifest : EXAMPLE_MANIFEST,
    store: path.join(folder, 'store'),
  };
  const progress = progressFor(io, globals, { events: true });
  await using open = await parts.openEngine({ io, globals, onEvent: progress.handle }, world);
  const engine = open.engine;

  heading(`plan ${fileName(path.resolve(io.cwd, globals.manifest), io.cwd)}`, display);
  const plan = await engine.plan();
  progress.end();
  display.print(renderPlan(plan, display.style));
  display.json({ event: 'plan', plan });

  let complete = true;
  if (plan.steps.length > 0) {
    heading('apply', display);
    progress.expect(plan.steps.length);
    const report = await engine.apply({ plan, why: 'locum start' });
    progress.end();
    complete = (report.run?.steps ?? []).every(isMade) && report.remaining.steps.length === 0;
    display.print(renderApply(report, display.style));
    display.json({ event: 'apply', apply: report });
  }
  heading('doctor', display);
  const code = await examine(engine, display);
  progress.end();
  return code === EXIT.ok && !complete ? EXIT.run : code;
}

async function examine(engine: Engine, display: Display): Promise<number> {
  const report = await engine.doctor();
  display.print(renderDoctor(report, display.style));
  display.json({ event: 'doctor', doctor: report });
  return exitCodeOf(report);
}

function heading(text: string, display: Display): void {
  display.say(`\n── ${text} ${'─'.repeat(Math.max(0, Math.min(display.style.width, 80) - text.length - 4))}\n`);
}

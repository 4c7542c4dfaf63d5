import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderFreeze } from '../render/lifecycle.ts';
import { confirmation } from '../terminal/confirmation.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({ yes: z.boolean().optional(), why: z.string().optional(), atOnce: z.boolean().optional() });

/** A run that is at work is waited for, as the engine does when the store is on a server. */
const STORE_WAIT_MS = 30_000;

export const run: RunCommand = async (call) => {
  const { yes = false, why, atOnce } = options.parse(call.options);
  const [name = ''] = call.args;
  if (!why?.trim()) throw new UsageError('a freeze needs a reason', `locum freeze ${name} --why '…'`);
  const display = displayOf(call.io, call.globals);
  const confirm = confirmation(call, yes, 'add --yes');
  if (!(await confirm(`Do you want to take ${name} out of service now? What uses it fails until it is thawed.`))) {
    display.say('Cancelled: nothing was changed.');
    return EXIT.run;
  }
  const request = { name, why, ...(atOnce === undefined ? {} : { atOnce }) };
  const report = await withEngine(call, { events: true, storeWaitMs: STORE_WAIT_MS }, (engine) =>
    engine.freeze(request),
  );
  display.print(renderFreeze(report, display.style));
  display.json({ event: 'result', result: report });
  return report.complete ? EXIT.ok : EXIT.run;
};

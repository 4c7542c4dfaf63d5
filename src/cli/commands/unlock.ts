import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async (call) => {
  const [name = ''] = call.args;
  const display = displayOf(call.io, call.globals);
  const unlocked = await withEngine(call, {}, (engine) => engine.unlock(name));
  for (const user of unlocked) display.say(`${user} is unlocked, and its failed logins count from zero.`);
  if (unlocked.length === 0) display.say(`${name} has no lock of its own: its service counts no failed logins of it.`);
  display.json({ unlocked });
  return EXIT.ok;
};

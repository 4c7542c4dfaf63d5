import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderUses } from '../render/uses.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async (call) => {
  const [name = ''] = call.args;
  const display = displayOf(call.io, call.globals);
  const uses = await withEngine(call, {}, (engine) => engine.uses(name));
  display.print(renderUses(name, uses, display.style));
  display.json(uses);
  // What could not be looked at is unknown, and an answer with holes must not pass for a whole one.
  return uses.unread.every(({ unlikely }) => unlikely) ? EXIT.ok : EXIT.remote;
};

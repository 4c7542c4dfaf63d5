import type { RunCommand } from '../command.ts';
import { displayOf } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { renderUses } from '../render/uses.ts';
import { withEngine } from '../with-engine.ts';

export const run: RunCommand = async (call) => {
  const [name = ''] = call.args;
  const display = displayOf(call.io, call.globals);
  const uses = await withEngine(call, {}, (engine) => engine.uses(name));
  display.print(renderUses(name, uses, display.style));
  display.json(uses);
  // What could not be looked at is unknown, and an answer with holes must not pass for a whole one.
  return uses.unread.every(({ unlikely }) => unlikely) ? EXIT.ok : EXIT.remote;
};

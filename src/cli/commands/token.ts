import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { targetOption } from '../table/options.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async (call) => {
  const [user = ''] = call.args;
  const { target } = targetOption.parse(call.options);
  const display = displayOf(call.io, call.globals);
  const token = await withEngine(call, {}, (engine) => engine.token(user, target));
  // The one place that prints a secret: it is what was asked for.
  display.print(`${token.value.reveal()}\n`);
  display.json({
    token: token.value.reveal(),
    expiresAt: new Date(token.expiresAt).toISOString(),
    scope: token.scope,
  });
  if (call.io.stdout.isTTY) display.say(`valid until ${new Date(token.expiresAt).toISOString()}`);
  return EXIT.ok;
};

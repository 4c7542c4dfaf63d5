import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { count } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({ to: z.string().default(''), why: z.string().optional() });
const places = z.enum(['store', 'openbao']);

export const run: RunCommand = async ({ io, globals, parts, options: typed }) => {
  const { to, why = 'locum vault move' } = options.parse(typed);
  const place = places.safeParse(to);
  if (!place.success) throw new UsageError(`'${to}' is no place for secrets`, 'store or openbao');
  const display = displayOf(io, globals);
  await using store = await parts.openStore(io, globals);
  const versions = await store.move(place.data, { at: parts.now(), who: io.who, why });
  const where = place.data === 'store' ? 'the store' : 'OpenBao';
  display.say(versions === 0 ? `everything is in ${where} already` : `moved ${count(versions, 'version')} to ${where}`);
  display.json({ to: place.data, versions });
  return EXIT.ok;
};

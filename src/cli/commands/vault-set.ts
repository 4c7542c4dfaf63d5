import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { oneLine } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';
import { readSecret } from '../terminal/read-secret.ts';
import { UsageError } from '../usage-error.ts';

export const run: RunCommand = async ({ io, globals, parts, args }) => {
  const [name = ''] = args;
  if (name === '') throw new UsageError('a secret needs a name', 'locum vault set NAME');
  const display = displayOf(io, globals);
  const secret = await readSecret(io, parts.ask, `Secret for vault:${name}`);
  await using store = await parts.openStore(io, globals);
  const now = parts.now();
  const { version } = await store.vault.propose(name, secret, now);
  // Before it counts: a crash in between leaves an entry too many, never one too few.
  await store.trail.append({
    at: now,
    who: io.who,
    why: 'locum vault set',
    subject: name,
    change: { version },
    result: 'done',
  });
  await store.vault.promote(name, version, now);
  display.say(`kept as version ${version}; refer to it as vault:${oneLine(name)}`);
  display.json({ name, version });
  return EXIT.ok;
};

import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { displayOf } from '../terminal/display.ts';
import { readSecret } from '../terminal/read-secret.ts';

export const run: RunCommand = async ({ io, globals, parts, args }) => {
  const [name = ''] = args;
  const display = displayOf(io, globals);
  const secret = await readSecret(io, parts.ask, `Secret for vault:${name}`);
  await using store = await parts.openStore(io, globals);
  const now = parts.now();
  const { version } = await store.vault.propose(name, secret, now);
  await store.vault.promote(name, version, now);
  await store.trail.append({
    at: now,
    who: io.who,
    why: 'locum vault set',
    subject: name,
    change: { version },
    result: 'done',
  });
  display.say(`kept as version ${version}; refer to it as vault:${name}`);
  display.json({ name, version });
  return EXIT.ok;
};

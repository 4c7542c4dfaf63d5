import path from 'node:path';
import { z } from 'zod';
import type { OpenedSecret } from '../../kernel/ports.ts';
import { disclose, vaultNameOf } from '../../kernel/vault/disclose.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ageWriter } from '../files/age.ts';
import { writePrivate } from '../files/write-private.ts';
import { count } from '../render/text.ts';
import { reasonFor } from '../terminal/disclosure.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({
  why: z.string().optional(),
  yes: z.boolean().optional(),
  to: z.string().optional(),
  format: z.enum(['env', 'json']).optional(),
  age: z.array(z.string()).optional(),
});

export const run: RunCommand = async (call) => {
  const { io, globals, parts, args } = call;
  const { to, age, ...given } = options.parse(call.options);
  const format = given.format ?? (globals.json ? 'json' : 'env');
  if (to !== undefined && given.format)
    throw new UsageError('files hold the bare secrets', 'leave --format or --to away');
  const writer = age && (await ageWriter(age));
  // Into private files, or encrypted, nothing is seen by whoever reads the output.
  const why = reasonFor(call, to === undefined && !writer ? given : { ...given, yes: true });
  const directory = to === undefined ? undefined : path.resolve(io.cwd, to);
  await using store = await parts.openStore(io, globals);
  const names = new Set(await Promise.all(args.map((name) => vaultNameOf(name, store.vault))));
  const secrets = [...names].map((name) => ({ name }));
  const variables = new Set(secrets.map(({ name }) => variableOf(name)));
  if (directory === undefined && format === 'env' && variables.size < secrets.length) {
    throw new UsageError('two of these names would be one variable', 'use --format json, or --to DIR');
  }
  const opened = await disclose(store, {
    secrets,
    who: io.who,
    why,
    at: parts.now(),
    to: [directory ?? 'output', ...(age ?? [])].join(', '),
  });
  if (directory === undefined) {
    const text = format === 'json' ? asJson(opened) : opened.map(asVariable).join('');
    io.stdout.write(writer ? await writer.encrypt(text) : text);
    return EXIT.ok;
  }
  const display = displayOf(io, globals);
  for (const one of opened) {
    const file = `${path.join(directory, ...one.version.name.split('/').map(segment))}${writer ? '.age' : ''}`;
    const text = one.secret.reveal();
    await writePrivate(file, writer ? await writer.encrypt(text) : text);
    display.print(`${file}\n`);
    display.json({ name: one.version.name, version: one.version.version, file });
  }
  const readers = writer ? 'encrypted for the recipients' : 'readable for you alone: remove them when they are used';
  display.say(`${count(opened.length, 'secret')} written, ${readers}`);
  return EXIT.ok;
};

function asJson(opened: readonly OpenedSecret[]): string {
  const all = opened.map(
    ({ version, secret }) => [version.name, { version: version.version, secret: secret.reveal() }] as const,
  );
  return `${JSON.stringify(Object.fromEntries(all))}\n`;
}

/** A line that a POSIX shell reads as it is meant. */
function asVariable({ version, secret }: OpenedSecret): string {
  return `${variableOf(version.name)}='${secret.reveal().replaceAll("'", "'\\''")}'\n`;
}

/** `acme/ctms-deploy` becomes `ACME_CTMS_DEPLOY`. */
function variableOf(name: string): string {
  const words = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return /^\d/.test(words) ? `_${words}` : words;
}

/** A part of a name as the name of a file: never one that leads out of the folder. */
function segment(text: string): string {
  const safe = encodeURIComponent(text);
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
}

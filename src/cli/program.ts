import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandSpec, Invocation, OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts/parts.ts';
import { COMMANDS, GLOBAL_OPTIONS } from './table/commands.ts';

const VERSION = '0.1.0';

/**
 * Runs one command line.
 * @returns the exit code; see exit-codes.ts
 */
export async function runProgram(io: Io, parts: () => Promise<Parts>): Promise<number> {
  let code: number = EXIT.ok;
  const program = makeProgram(io, async (spec, call) => {
    code = await perform(spec, call, parts);
  });
  try {
    await program.parseAsync(io.argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { reportError } = await import('./render/errors.ts');
    return reportError(error, io, { json: io.argv.includes('--json'), color: !io.argv.includes('--no-color') });
  }
}

type Call = Omit<Invocation, 'parts'>;

async function perform(spec: CommandSpec, call: Call, parts: () => Promise<Parts>): Promise<number> {
  if (!spec.load) return EXIT.usage;
  const [{ run }, loaded] = await Promise.all([spec.load(), parts()]);
  return run({ ...call, parts: loaded });
}

/** The help of a command, for `locum help COMMAND`; undefined when there is none of that name. */
export function helpOf(words: readonly string[], io: Io): string | undefined {
  let command: Command | undefined = makeProgram(io, async () => {});
  for (const word of words) command = command?.commands.find((candidate) => candidate.name() === word);
  return command?.helpInformation();
}

function makeProgram(io: Io, perform: (spec: CommandSpec, call: Call) => Promise<void>): Command {
  const program = new Command('locum')
    .description('Technical users for SAP BTP: declared as code, proven with real tokens.')
    .usage('<command> [options]')
    .version(VERSION, '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns, 110),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 110),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(`locum --help` lists everything)');
  for (const option of GLOBAL_OPTIONS) program.addOption(optionOf(option));
  for (const spec of COMMANDS) program.addCommand(commandOf(spec, program, io, perform));
  return program;
}

function commandOf(
  spec: CommandSpec,
  parent: Command,
  io: Io,
  perform: (spec: CommandSpec, call: Call) => Promise<void>,
): Command {
  const command = new Command(spec.name)
    .copyInheritedSettings(parent)
    .summary(spec.summary)
    .description(spec.description ?? `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`)
    .helpCommand(false);
  if (spec.group) command.helpGroup(spec.group);
  for (const { name, about, choices } of spec.arguments ?? []) {
    const argument = new Argument(name, about);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  if (spec.examples)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`);
  for (const inner of spec.commands ?? []) command.addCommand(commandOf(inner, command, io, perform));
  if (spec.load) {
    command.action(async () => {
      const all = command.optsWithGlobals<Record<string, unknown>>();
      await perform(spec, { io, globals: globalsOf(all, io), args: command.args, options: all, table: COMMANDS });
    });
  }
  return command;
}

function optionOf({ flags, about, choices, number, default: fallback, hidden }: OptionSpec): Option {
  const option = new Option(flags, about);
  if (choices) option.choices(choices);
  if (number) option.argParser(wholeNumber);
  if (fallback !== undefined) option.default(fallback);
  return option.hideHelp(hidden === true);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function globalsOf(options: Readonly<Record<string, unknown>>, io: Io): Invocation['globals'] {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const given = text(options.manifest) ?? text(io.env.LOCUM_MANIFEST);
  const local = options.local === true ? '.locum' : text(options.local);
  return {
    manifest: given ?? 'locum.yaml',
    manifestGiven: given !== undefined,
    store: text(options.store) ?? text(io.env.LOCUM_STORE) ?? '.locum/store',
    json: options.json === true,
    color: options.color !== false,
    quiet: options.quiet === true,
    ...(local === undefined ? {} : { local }),
  };
}

import type { ArgumentSpec, CommandSpec, OptionSpec } from '../command.ts';

/** What a completion script is made of. */
export interface Completable {
  readonly commands: readonly CommandSpec[];
  readonly globals: readonly OptionSpec[];
}

export const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

interface Option {
  readonly long: string;
  readonly short?: string;
  /** Whether a word follows. */
  readonly value: 'none' | 'optional' | 'required';
  readonly spec: OptionSpec;
}

function optionsOf(specs: readonly OptionSpec[]): readonly Option[] {
  return specs
    .filter((spec) => !spec.hidden)
    .map((spec) => {
      const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)(?: ([<[]).*)?$/.exec(spec.flags) ?? [];
      return {
        long,
        ...(short === undefined ? {} : { short }),
        value: value === undefined ? 'none' : value === '<' ? 'required' : 'optional',
        spec,
      };
    });
}

/** Every command that does something, with the words that lead to it. */
function leaves(commands: readonly CommandSpec[], above: readonly string[] = []): readonly Leaf[] {
  return commands.flatMap((command) => {
    const words = [...above, command.name];
    return command.commands ? leaves(command.commands, words) : [{ words, command }];
  });
}

interface Leaf {
  readonly words: readonly string[];
  readonly command: CommandSpec;
}

function wordsOfArguments(args: readonly ArgumentSpec[] | undefined): readonly string[] {
  return (args ?? []).flatMap((argument) => argument.choices ?? []);
}

function bashScript({ commands, globals }: Completable): string {
  const all = leaves(commands);
  const options = [...globals, ...all.flatMap(({ command }) => command.options ?? [])];
  const taking = optionsOf(options).filter(({ value }) => value === 'required');
  const namesOf = (wanted: readonly Option[]) => [
    ...new Set(wanted.flatMap(({ long, short }) => (short ? [short, long] : [long]))),
  ];
  const ofFiles = namesOf(taking.filter(({ spec }) => spec.completes !== undefined));
  const withChoices = taking.filter(({ spec }) => spec.choices);
  const branches = commands.flatMap((command) => (command.commands ? [command] : []));
  const globalWords = namesOf(optionsOf(globals)).join(' ');
  return `# bash completion for locum; load it with: source <(locum completion bash)
_locum() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' word words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in
      ${namesOf(taking).join('|')}) ((i++)) ;;
      --) return ;;
      -*) ;;
      *)
        case "$command $word" in
${[...branches.map(({ name }) => [name]), ...all.map(({ words }) => words)]
  .map(
    (words) => `          '${[words.slice(0, -1).join(' '), words.at(-1)].join(' ')}') command='${words.join(' ')}' ;;`,
  )
  .join('\n')}
        esac
        ;;
    esac
  done
  case "$prev" in
    ${ofFiles.join('|')}) local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")); return ;;
${withChoices.map((option) => `    ${option.long}) COMPREPLY=($(compgen -W '${option.spec.choices?.join(' ')}' -- "$cur")); return ;;`).join('\n')}
  esac
  case "$command" in
    '') words='${commands.map(({ name }) => name).join(' ')} --version --help' ;;
${branches.map(({ name, commands: inner }) => `    '${name}') words='${inner?.map((each) => each.name).join(' ')} --help' ;;`).join('\n')}
${all.map(({ words, command }) => `    '${words.join(' ')}') words='${[...wordsOfArguments(command.arguments), ...namesOf(optionsOf(command.options ?? [])), '--help'].join(' ')}' ;;`).join('\n')}
  esac
  [[ $cur == -* ]] && words="$words ${globalWords}"
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _locum locum
`;
}

function zshScript({ commands, globals }: Completable): string {
  const text = (about: string) =>
    about.replace(/[[\]:'\\]/g, (character) => (character === "'" ? "'\\''" : `\\${character}`));
  const option = ({ long, short, value, spec }: Option) => {
    const values = spec.choices
      ? `(${spec.choices.join(' ')})`
      : spec.completes === 'directory'
        ? '_files -/'
        : spec.completes === 'file'
          ? '_files'
          : ' ';
    const takes = value === 'none' ? '' : `${value === 'optional' ? '::' : ':'}value:${values}`;
    const names = short ? `'(${short} ${long})'{${short},${long}}'` : `'${long}`;
    return `${names}[${text(spec.about)}]${takes}'`;
  };
  const describe = (name: string, listed: readonly CommandSpec[]) =>
    `local -a ${name}=(${listed.map((each) => `'${each.name}:${text(each.summary)}'`).join(' ')})`;
  const branch = ({ name, commands: inner, options, arguments: args }: CommandSpec): string => {
    if (inner) {
      return `    ${name})
      ${describe('inner', inner)}
      _describe command inner
      ;;`;
    }
    const choices = wordsOfArguments(args);
    const rest = choices.length > 0 ? `'*:word:(${choices.join(' ')})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...optionsOf(options ?? []).map(option), '$globals', rest].join(' ')} ;;`;
  };
  return `#compdef locum
# zsh completion for locum; load it with: source <(locum completion zsh)
_locum() {
  local context state line
  local -a globals=(${optionsOf(globals).map(option).join(' ')})
  ${describe('commands', commands)}
  _arguments -C $globals '1:command:->command' '*::argument:->arguments'
  case $state in
  command) _describe command commands ;;
  arguments)
    case $line[1] in
${commands.map(branch).join('\n')}
    esac
    ;;
  esac
}
compdef _locum locum
`;
}

function fishScript({ commands, globals }: Completable): string {
  const quoted = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const option =
    (condition: string) =>
    ({ long, short, value, spec }: Option) => {
      const takes = value === 'required' ? ` -r${spec.completes ? ' -F' : ' -f'}` : '';
      const choices = spec.choices ? ` -a ${quoted(spec.choices.join(' '))}` : '';
      const letter = short ? ` -s ${short.slice(1)}` : '';
      return `complete -c locum${condition} -l ${long.slice(2)}${letter}${takes}${choices} -d ${quoted(spec.about)}`;
    };
  const lines = [
    '# fish completion for locum; load it with: locum completion fish | source',
    ...optionsOf(globals).map(option('')),
    ...commands.map(
      ({ name, summary }) => `complete -c locum -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
  ];
  for (const command of commands) {
    const seen = ` -n '__fish_seen_subcommand_from ${command.name}'`;
    lines.push(
      ...(command.commands ?? []).map(
        (inner) => `complete -c locum -f${seen} -a ${inner.name} -d ${quoted(inner.summary)}`,
      ),
      ...wordsOfArguments(command.arguments).map((word) => `complete -c locum -f${seen} -a ${word}`),
      ...optionsOf(command.options ?? []).map(option(seen)),
    );
  }
  return `${lines.join('\n')}\n`;
}

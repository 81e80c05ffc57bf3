import { allCommands, type CommandHelp, type OptionHelp } from './help.ts';

/**
 * A completion for bash: commands, their options, files where one is wanted.
 * @param values what may follow an option, comma after comma, such as the collectors after --only
 */
export function makeCompletion(
  programName: string,
  program: CommandHelp,
  values: Readonly<Record<string, readonly string[]>> = {},
): string {
  const commands = allCommands(program);
  const name = `_${programName.replaceAll('-', '_')}`;
  const options = [program, ...commands].flatMap((command) => command.options);
  return `# bash completion for ${programName}, made from its --help

${name}() {
    local cur prev words cword
    _init_completion || return

    case $prev in
${optionCases(options, values)}
    esac

    local command='' word
    for word in "\${words[@]:1:cword-1}"; do
        case "\${command:+$command }$word" in
            ${pattern(commands.map((command) => command.name))}) command="\${command:+$command }$word" ;;
        esac
    done

    local choices='' files=''
    case $command in
${[program, ...commands].map(commandCase).join('\n')}
    esac
    [[ -z $files || $cur == -* ]] || _filedir
    COMPREPLY+=($(compgen -W "$choices" -- "$cur"))
} &&
    complete -F ${name} ${programName}
`;
}

function optionCases(
  options: readonly OptionHelp[],
  values: Readonly<Record<string, readonly string[]>>,
): string {
  const taking = options.filter(({ takes }) => takes !== undefined);
  const kinds = new Map(taking.map((each) => [each.flag, action(each, values)]));
  const cases = [...kinds].map(
    ([flag, script]) => `        ${flag})\n${script}            return\n            ;;`,
  );
  return cases.join('\n');
}

function action({ flag, takes }: OptionHelp, values: Readonly<Record<string, readonly string[]>>): string {
  const words = values[flag];
  if (words !== undefined) {
    return `            local done=\${cur%"\${cur##*,}"}
            COMPREPLY=($(compgen -P "$done" -W '${words.join(' ')}' -- "\${cur##*,}"))
            compopt -o nospace\n`;
  }
  if (takes === '<folder>') return '            _filedir -d\n';
  return takes === '<file>' ? '            _filedir\n' : '';
}

function commandCase({ name, options, commands, parameters }: CommandHelp): string {
  const below = commands.map((command) => command.name.split(' ').at(-1) ?? '');
  const choices = [...below, ...options.map(({ flag }) => flag)].join(' ');
  const files = parameters.some((word) => /file/.test(word)) ? ' files=yes' : '';
  return `        '${name}') choices='${choices}'${files} ;;`;
}

function pattern(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' | ');
}

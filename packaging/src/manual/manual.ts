import { allCommands, type CommandHelp, type OptionHelp } from './help.ts';

/** Where the written page has the commands: this line is replaced. */
const MARK = /^\.\\" COMMANDS\n/m;
/** An option that so many commands explain with the same words is explained once. */
const SHARED_BY = 3;

/**
 * Puts a program's commands and options into its page, in the words of --help: neither can be forgotten.
 * @param page written by hand, in man(7)
 * @throws Error when it does not say where
 */
export function completeManual(page: string, program: CommandHelp): string {
  if (!MARK.test(page)) throw new Error("A manual page has no line '.\\\" COMMANDS' for its commands.");
  const commands = allCommands(program);
  const shared = sharedOptions(commands);
  const isShared = ({ flag }: OptionHelp): boolean => shared.some((each) => each.flag === flag);
  const parts = [
    '.SH COMMANDS',
    ...commands.filter((command) => command.commands.length === 0).map((command) => entry(command, isShared)),
    '.SH OPTIONS OF SEVERAL COMMANDS',
    ...shared.map(optionEntry),
    '.SH OPTIONS WITHOUT A COMMAND',
    ...program.options.map(optionEntry),
  ];
  return page.replace(MARK, () => `${parts.join('\n')}\n`);
}

function sharedOptions(commands: readonly CommandHelp[]): OptionHelp[] {
  const all = commands.flatMap((command) => command.options);
  const count = (option: OptionHelp): number =>
    all.filter(({ flag, text }) => flag === option.flag && text === option.text).length;
  const often = all.filter((option) => count(option) >= SHARED_BY);
  return [...new Map(often.map((option) => [option.flag, option])).values()];
}

function entry(command: CommandHelp, isShared: (option: OptionHelp) => boolean): string {
  const own = command.options.filter((option) => !isShared(option));
  const head = [roff(command.name), ...command.parameters.map(parameter)].join(' ');
  const options = own.length === 0 ? [] : ['.RS', ...own.map(optionEntry), '.RE'];
  return ['.TP', `\\fB${head.replace(' \\fI', '\\fR \\fI')}\\fR`, sentence(command.text), ...options].join(
    '\n',
  );
}

function optionEntry({ flag, takes, text }: OptionHelp): string {
  const value = takes === undefined ? '' : ` ${parameter(takes)}`;
  return ['.TP', `\\fB${roff(flag)}\\fR${value}`, sentence(text)].join('\n');
}

/** `<file...>` as *file*..., `[name]` as [*name*]. */
function parameter(text: string): string {
  const name = text.replace(/[<>[\]]/g, '');
  const italic = `\\fI${roff(name.replace('...', ''))}\\fR${name.endsWith('...') ? '...' : ''}`;
  return text.startsWith('[') ? `[${italic}]` : italic;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return roff(/[.)]$/.test(first) ? first : `${first}.`);
}

/** Hyphens that can be copied, and no line that roff would take for a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}

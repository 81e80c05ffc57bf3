import { runProgram } from '../program.ts';

/** An option, as --help shows it. */
export interface OptionHelp {
  /** `--config` */
  readonly flag: string;
  /** What it takes, such as `<file>`; absent when nothing. */
  readonly takes?: string;
  readonly text: string;
}

/** A command of a program, or the program itself. */
export interface CommandHelp {
  /** `apt-repo add`; empty for the program itself. */
  readonly name: string;
  /** What follows, such as `<file...>` and `[name]`. */
  readonly parameters: readonly string[];
  readonly text: string;
  readonly options: readonly OptionHelp[];
  readonly commands: readonly CommandHelp[];
}

/**
 * Asks a program for the help of every command.
 * @param main its bundle
 */
export async function readHelp(main: string): Promise<CommandHelp> {
  return await ask(main, { name: '', parameters: [], text: '' });
}

async function ask(
  main: string,
  command: Pick<CommandHelp, 'name' | 'parameters' | 'text'>,
): Promise<CommandHelp> {
  const words = command.name === '' ? [] : command.name.split(' ');
  const help = await runProgram(process.execPath, [main, ...words, '--help']);
  const below = rows(help, 'Commands').filter(([term]) => !/^help\b/.test(term));
  return {
    ...command,
    options: rows(help, 'Options').map(option),
    commands: await Promise.all(
      below.map(([term, text]) => {
        const [name = '', ...rest] = term.split(' ');
        const parameters = rest.filter((word) => word !== '[options]');
        return ask(main, { name: [...words, name].join(' '), parameters, text });
      }),
    ),
  };
}

function option([term, text]: readonly [string, string]): OptionHelp {
  const [flag = '', takes] = term.replace(/^-\w, /, '').split(' ');
  return { flag, text, ...(takes === undefined ? {} : { takes }) };
}

/** Terms and their explanations below a heading, the explanation's lines joined. */
export function rows(help: string, heading: string): [string, string][] {
  const section = new RegExp(`^${heading}:\\n((?:(?: .*)?\\n)*)`, 'm').exec(`${help}\n`)?.[1] ?? '';
  const found: [string, string][] = [];
  for (const line of section.split('\n')) {
    const first = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line);
    const last = found.at(-1);
    if (first !== null) found.push([first[1] ?? '', first[2] ?? '']);
    else if (last !== undefined && line.trim() !== '') last[1] = `${last[1]} ${line.trim()}`.trim();
  }
  return found;
}

/** A command and all below it, itself left out. */
export function allCommands(program: CommandHelp): CommandHelp[] {
  return program.commands.flatMap((command) => [command, ...allCommands(command)]);
}

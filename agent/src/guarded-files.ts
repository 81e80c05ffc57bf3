import { ParseError } from './errors.ts';
import type { Host } from './host.ts';

export interface GuardedFiles {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Folders of which every `*.conf` is read. */
  readonly folders?: readonly string[];
}

const TIMEOUT_MS = 5_000;

/**
 * Reads files of a file system that may hang for ever, such as the FUSE one at /etc/pve. A read that hangs in one of
 * Node's own threads can't be taken back, and four of them would stop every other read: so a child reads, and is given
 * up on. A recorded host is read directly.
 * @param mount what may hang: while a read below it has not ended, no second one is begun
 * @returns text by path, with a line break at its end; what does not exist, or is empty, is not in it
 * @throws TimeoutError when the file system does not answer
 * @throws Error when a file is there and can't be read
 */
export async function readGuarded(
  host: Host,
  mount: string,
  { files, folders = [] }: GuardedFiles,
): Promise<ReadonlyMap<string, string>> {
  if (host.root !== '/') return readDirectly(host, files, folders);
  // Prints each line behind its file's name and a NUL: nothing in a file can be taken for the next one's name.
  const args = ['-a', '-r', '-H', '-Z', '--include=*.conf', '-e', '', '--'];
  // What is named is read whatever "--include" says only when it is not a folder: files go apart.
  const named =
    files.length === 0 ? [] : [await grep(host, mount, ['-a', '-H', '-Z', '-e', '', '--', ...files])];
  const below = folders.length === 0 ? [] : [await grep(host, mount, [...args, ...folders])];
  return new Map([...named, ...below].flatMap((texts) => [...texts]));
}

/** The read of a file system that is under way, by host and mount point. */
const underWay = new WeakMap<Host, Map<string, Promise<unknown>>>();

/** One child at a time for a file system: when it hangs, one hangs, and who comes behind it is told at once. */
function grep(host: Host, mount: string, args: readonly string[]): Promise<Map<string, string>> {
  const mounts = underWay.get(host) ?? new Map<string, Promise<unknown>>();
  underWay.set(host, mounts);
  const before = mounts.get(mount) ?? Promise.resolve();
  const run = before.then(
    () => grepNow(host, mount, args),
    () => grepNow(host, mount, args),
  );
  mounts.set(mount, run);
  return run;
}

async function grepNow(host: Host, mount: string, args: readonly string[]): Promise<Map<string, string>> {
  const { stdout, stderr } = await host.runFully('grep', args, {
    timeoutMs: TIMEOUT_MS,
    // 1: everything is empty. 2: something could not be read; standard error says what.
    acceptedExitCodes: [1, 2],
    subject: mount,
  });
  const problem = stderr
    .split('\n')
    .find((line) => line !== '' && !line.endsWith(': No such file or directory'));
  if (problem !== undefined) throw new Error(problem.replace(/^\S*grep: /, ''));
  return parsePrefixedLines(stdout);
}

/**
 * Takes apart what `grep -H -Z` prints: `path NUL line LF` for each line.
 * @throws ParseError
 */
export function parsePrefixedLines(printed: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const line of printed.split('\n')) {
    if (line === '') continue;
    const end = line.indexOf('\0');
    if (end < 0) throw new ParseError(`a line of no file: "${line.slice(0, 60)}"`);
    const path = line.slice(0, end);
    texts.set(path, `${texts.get(path) ?? ''}${line.slice(end + 1)}\n`);
  }
  return texts;
}

async function readDirectly(
  host: Host,
  files: readonly string[],
  folders: readonly string[],
): Promise<Map<string, string>> {
  const lists = await Promise.all(
    folders.map(async (folder) =>
      (await host.list(folder)).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`),
    ),
  );
  const texts = new Map<string, string>();
  for (const path of [...files, ...lists.flat()]) {
    const text = await host.read(path);
    if (text !== undefined && text !== '') texts.set(path, text.endsWith('\n') ? text : `${text}\n`);
  }
  return texts;
}

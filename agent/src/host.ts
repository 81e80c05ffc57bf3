import { constants } from 'node:fs';
import { open, readdir, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type Printed, type RunOptions, runProgramFully } from './exec.ts';
import type { ProgramName } from './programs.ts';
import { mannerOf, readWhole } from './read-whole.ts';
import { MemoryState, type State } from './state.ts';

/** Where external programs are looked for, and nowhere else. */
const PROGRAM_DIRECTORIES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** Where a host's collectors remember; each as long as the process lives unless something else is given. */
export interface Memories {
  readonly state?: State;
  readonly untilReboot?: State;
}

/**
 * The host that is looked at: this one, or a recorded one below a root folder. Collectors reach the
 * system through it only, so that a recorded host can be replayed through the real program.
 */
export class Host {
  /** `/` for this host, or the folder of a recorded one. */
  readonly root: string;
  /** What collectors remember of it across reboots. */
  readonly state: State;
  /** What they remember of it until it is started anew. */
  readonly untilReboot: State;

  constructor(root = '/', memory: Memories = {}) {
    // Programs are started elsewhere: a path from here would lead nowhere.
    this.root = resolve(root);
    this.state = memory.state ?? new MemoryState();
    this.untilReboot = memory.untilReboot ?? new MemoryState();
  }

  /** A path of the host as a path of this machine: `path('/proc/stat')`. */
  path(absolutePath: string): string {
    return this.root === '/' ? absolutePath : join(this.root, absolutePath);
  }

  /**
   * The text of a file, or undefined when it does not exist.
   * @throws the system's error when it exists and cannot be read; RangeError when it is over 4 MiB.
   */
  async read(absolutePath: string): Promise<string | undefined> {
    try {
      return await readWhole(this.path(absolutePath), mannerOf(this.root, absolutePath));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Hands on the lines of a text file that may be longer than memory should hold. False when it does not exist.
   * @throws the system's error when it exists and cannot be read
   */
  async readLines(absolutePath: string, onLine: (line: string) => void): Promise<boolean> {
    try {
      const file = await open(this.path(absolutePath), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        await handOnLines(file, onLine);
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Whether there is such a file, folder or link that leads somewhere. */
  async has(absolutePath: string): Promise<boolean> {
    try {
      // access() fails for a device that is there and that systemd does not open to the service.
      await stat(this.path(absolutePath));
      return true;
    } catch {
      return false;
    }
  }

  /** When a file was last written to, in milliseconds since 1970; undefined when it does not exist. */
  async modifiedMs(absolutePath: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(absolutePath))).mtimeMs;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Names in a folder, sorted; empty when it does not exist. */
  async list(absolutePath: string): Promise<string[]> {
    try {
      return (await readdir(this.path(absolutePath))).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Where a link points, as written in it; undefined when there is no such link. */
  async link(absolutePath: string): Promise<string | undefined> {
    try {
      return await readlink(this.path(absolutePath));
    } catch (error) {
      // EINVAL: it is there and no link.
      if (isMissing(error) || codeOf(error) === 'EINVAL') return undefined;
      throw error;
    }
  }

  /**
   * Runs an external program of this host and returns what it printed.
   * @throws ToolMissingError, ToolFailedError, TimeoutError
   */
  async run(program: ProgramName, args: readonly string[], options: RunOptions): Promise<string> {
    return (await this.runFully(program, args, options)).stdout;
  }

  /** As `run`, for a program whose errors are part of the answer. */
  runFully(program: ProgramName, args: readonly string[], options: RunOptions): Promise<Printed> {
    const directories = PROGRAM_DIRECTORIES.map((directory) => this.path(directory));
    return runProgramFully(directories, program, args, options);
  }
}

/** Longer lines are cut, and what is behind so many bytes is not read. */
const MAX_LINE_CHARACTERS = 64 * 1024;
const MAX_LINES_BYTES = 256 * 1024 * 1024;

async function handOnLines(
  file: Awaited<ReturnType<typeof open>>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(64 * 1024);
  let rest = '';
  for (let total = 0; total < MAX_LINES_BYTES; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    total += bytesRead;
    const lines = `${rest}${decoder.write(buffer.subarray(0, bytesRead))}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) onLine(line);
  }
  if (rest !== '') onLine(rest);
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

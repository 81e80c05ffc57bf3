import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What is remembered from one run to the next, by name. */
export interface State {
  /** The text under a name; undefined when there is none, or it cannot be read. */
  read(name: string): Promise<string | undefined>;
  /** Remembers a text. What cannot be written is told and does no harm to the run that found it out. */
  write(name: string, text: string): Promise<void>;
}

/** Remembers as long as the process lives. */
export class MemoryState implements State {
  readonly #texts = new Map<string, string>();

  read(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#texts.get(name));
  }

  write(name: string, text: string): Promise<void> {
    this.#texts.set(name, text);
    return Promise.resolve();
  }
}

/** Remembers in files of a folder, which are written only when they change. */
export class FolderState implements State {
  readonly #folder: string;
  readonly #tell: (problem: string) => void;

  constructor(folder: string, tell: (problem: string) => void) {
    this.#folder = folder;
    this.#tell = tell;
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, name), 'utf8');
    } catch {
      return undefined;
    }
  }

  async write(name: string, text: string): Promise<void> {
    try {
      if ((await this.read(name)) === text) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeAtomically(join(this.#folder, name), text, 0o600);
    } catch (error) {
      this.#tell(`cannot remember ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/**
 * Writes a file so that a reader, and a machine after a power cut, sees the old text or the new one and nothing in
 * between. The mode holds whatever the umask.
 */
export async function writeAtomically(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from './bed/container.ts';
import { ExpectationError } from './expectations.ts';

export interface TerminalOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder on this machine for what was seen, one file for each screen that was waited for. */
  readonly pictures: string;
}

/** The smallest that a person sits at: a Proxmox host's own console. */
const COLUMNS = 80;
const LINES = 24;
const ANSWER_TIMEOUT_MS = 60_000;

/** A program on a real terminal in a container, and a person in front of it. */
export class Terminal {
  readonly #container: Container;
  readonly #name: string;
  readonly #pictures: string;
  #count = 0;

  private constructor(container: Container, name: string, pictures: string) {
    this.#container = container;
    this.#name = name;
    this.#pictures = pictures;
  }

  /** Starts a shell command on a new terminal. When it ends, "ended with CODE" is on the screen. */
  static async open(
    container: Container,
    name: string,
    command: string,
    { environment = {}, pictures }: TerminalOptions,
  ): Promise<Terminal> {
    await mkdir(pictures, { recursive: true });
    const terminal = new Terminal(container, name, pictures);
    const variables = Object.entries({ LANG: 'C.UTF-8', ...environment }).map(
      ([key, value]) => `${key}=${value}`,
    );
    const script = `/run/terminal-${name}`;
    await container.write(
      script,
      `cd /root\n${command}\nprintf '\\nended with %s\\n' $?\nexec sleep infinity\n`,
    );
    const start = `new-session -d -x ${COLUMNS} -y ${LINES} env ${variables.join(' ')} sh ${script}`;
    await terminal.#tmux(`-f /dev/null ${start} ';' set-option -g history-limit 5000`);
    return terminal;
  }

  /** Waits until the screen matches; keeps a copy of it and returns it. */
  async sees(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    for (;;) {
      const screen = await this.screen();
      if (pattern.test(screen)) {
        await this.#keep(screen);
        return screen;
      }
      if (Date.now() > deadline) {
        await this.#keep(screen);
        throw new ExpectationError(`${pattern} did not come; the screen shows:\n${screen}`);
      }
      await pause(100);
    }
  }

  /** What a person sees now. */
  screen(): Promise<string> {
    return this.#tmux('capture-pane -p');
  }

  /** All that was ever on it. */
  everything(): Promise<string> {
    return this.#tmux('capture-pane -p -S -5000');
  }

  /** Keys by the names of tmux: Enter, Tab, Escape, C-u, BSpace. */
  async press(...keys: readonly string[]): Promise<void> {
    // Newt takes an Escape that is followed at once by another key for Alt and that key.
    for (const key of keys) {
      await this.#tmux(`send-keys ${key}`);
      await pause(key === 'Escape' ? 300 : 30);
    }
  }

  /** Types text, which no list of processes shows. */
  async type(text: string): Promise<void> {
    await this.#container.run(
      `tmux -L ${this.#name} load-buffer - && tmux -L ${this.#name} paste-buffer -d -r`,
      {
        input: text,
      },
    );
    await pause(50);
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server');
  }

  #tmux(command: string): Promise<string> {
    return this.#container.run(`TERM=linux tmux -L ${this.#name} ${command}`);
  }

  async #keep(screen: string): Promise<void> {
    this.#count += 1;
    const number = String(this.#count).padStart(2, '0');
    await writeFile(join(this.#pictures, `${this.#name}-${number}.txt`), `${screen}\n`);
  }
}

import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AptRepositoryError } from './errors.ts';
import { runTool } from './tool.ts';

export interface SigningKey {
  /** 40 upper-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly createdAtMs: number;
}

/** Sockets of gpg's agent are in its home, and a socket's path holds 107 bytes: `/S.gpg-agent.browser` is one. */
const HOME_PATH_MAX = 85;

/**
 * The keys that sign the repository, in a home of gpg's of their own, without a passphrase: the program signs while
 * nobody sits there. Every key in it signs, and the public parts of all are handed out, so that one key can follow
 * another without a moment in which a host trusts neither.
 */
export class SigningKeys {
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  get folder(): string {
    return this.#home;
  }

  /** @throws AptRepositoryError that says what to install */
  async list(): Promise<SigningKey[]> {
    requireGpg();
    if (!existsSync(this.#home)) return [];
    const listing = await this.#gpg(['--with-colons', '--list-secret-keys'], 'read its keys');
    const keys: SigningKey[] = [];
    let createdAtMs: number | undefined;
    for (const line of listing.toString('utf8').split('\n')) {
      const fields = line.split(':');
      if (fields[0] === 'sec') createdAtMs = Number(fields[5]) * 1000;
      if (fields[0] === 'fpr' && createdAtMs !== undefined && fields[9] !== undefined) {
        keys.push({ fingerprint: fields[9], createdAtMs });
        createdAtMs = undefined;
      }
    }
    return keys;
  }

  /** Makes a key. It does not expire: on that day every host's `apt update` would fail, and nothing be gained. */
  async create(owner: string): Promise<void> {
    requireGpg();
    if (Buffer.byteLength(this.#home) > HOME_PATH_MAX) {
      throw new AptRepositoryError(
        `the path of the key's folder is too long for gpg (${HOME_PATH_MAX} bytes at most): ${this.#home}`,
      );
    }
    await mkdir(this.#home, { recursive: true, mode: 0o700 });
    await chmod(this.#home, 0o700);
    await this.#gpg(['--yes', '--quick-generate-key', owner, 'ed25519', 'sign', 'never'], 'make a key');
  }

  /** Deletes a key with its private part, for good. */
  async drop(fingerprint: string): Promise<void> {
    await this.#gpg(['--yes', '--delete-secret-and-public-key', fingerprint], 'delete a key');
  }

  /** The public parts, as `Signed-By` of a source takes them. */
  async exportArmored(keys: readonly SigningKey[]): Promise<string> {
    const names = keys.map(({ fingerprint }) => fingerprint);
    const options = ['--armor', '--export-options', 'export-minimal', '--export', ...names];
    return (await this.#gpg(options, 'export its keys')).toString('utf8');
  }

  /** The text with its signatures around it, as InRelease is. */
  async clearSign(keys: readonly SigningKey[], text: string): Promise<Buffer> {
    return await this.#gpg([...signers(keys), '--clear-sign'], 'sign', text);
  }

  /** The signatures alone, as Release.gpg is. */
  async detachSign(keys: readonly SigningKey[], text: string): Promise<Buffer> {
    return await this.#gpg([...signers(keys), '--armor', '--detach-sign'], 'sign', text);
  }

  /** Ends the agent that gpg started. It would stay for ever, with the keys in its memory. */
  async close(): Promise<void> {
    if (existsSync(this.#home)) await runTool('gpgconf', ['--homedir', this.#home, '--kill', 'all']);
  }

  async #gpg(parameters: readonly string[], purpose: string, input?: string): Promise<Buffer> {
    const options = ['--homedir', this.#home, '--batch', '--no-tty', '--quiet', '--no-options'];
    const noPassphrase = ['--pinentry-mode', 'loopback', '--passphrase', ''];
    const { code, stdout, stderr } = await runTool('gpg', [...options, ...noPassphrase, ...parameters], {
      ...(input === undefined ? {} : { input }),
    });
    if (code === 0) return stdout;
    throw new AptRepositoryError(`gpg could not ${purpose} (folder ${this.#home}):\n${stderr}`);
  }
}

function signers(keys: readonly SigningKey[]): string[] {
  return ['--digest-algo', 'SHA512', ...keys.flatMap(({ fingerprint }) => ['--local-user', fingerprint])];
}

/** @throws AptRepositoryError */
function requireGpg(): void {
  const missing = ['gpg', 'gpg-agent'].filter((program) => !existsSync(join('/usr/bin', program)));
  if (missing.length === 0) return;
  throw new AptRepositoryError(
    `signing needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed. ` +
      `As root: apt install ${missing.join(' ')}`,
  );
}

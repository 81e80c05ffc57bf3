import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Host } from '../host.ts';

/** Files of a host that other projects recorded; there in the project's own work tree only. */
const THIRD_PARTY = join(import.meta.dirname, '../../../../shared/fixtures/third-party');

/** A recorded file of another project, or undefined where it is not. */
export function thirdParty(path: string): string | undefined {
  const file = join(THIRD_PARTY, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** A file of a host of `agent/fixtures/hosts`, as `pve8-cluster/etc/pve/.rrd`. */
export function recordedFile(path: string): string {
  return readFileSync(join(import.meta.dirname, '../../fixtures/hosts', path), 'utf8');
}

/** A host in a folder of its own that goes with the test. */
export class RecordedHost extends Host {
  constructor() {
    const root = mkdtempSync(join(tmpdir(), 'host-'));
    super(root);
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  }

  /** Writes files by their absolute paths on the host. */
  files(files: Readonly<Record<string, string | Buffer>>): this {
    for (const [path, content] of Object.entries(files)) {
      this.#folderOf(path);
      writeFileSync(this.path(path), content);
    }
    return this;
  }

  /** A stand-in for a program, in sh. */
  program(path: string, script: string): this {
    this.files({ [path]: `#!/bin/sh\n${script}\n` });
    chmodSync(this.path(path), 0o755);
    return this;
  }

  symlink(path: string, target: string): this {
    this.#folderOf(path);
    symlinkSync(target, this.path(path));
    return this;
  }

  #folderOf(path: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
  }
}

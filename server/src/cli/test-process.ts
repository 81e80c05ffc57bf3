import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { systemClock } from '../clock.ts';
import { defaultMigrationsFolder } from '../config/folders.ts';
import { migrate } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type Database, openDatabase } from '../db/open.ts';

const MAIN = join(import.meta.dirname, '../main.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** For tests: a folder with a configuration, in which real server processes run. */
export interface Installation {
  readonly folder: string;
  readonly databasePath: string;
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command to its end. */
  run(command: readonly string[], input?: string, as?: ProcessOptions): Promise<Ended>;
  /** Makes the database without a process of its own, which would take a second, and works on it. */
  prepare<Result>(work: (database: Database) => Result): Promise<Result>;
  /** Starts `serve` and waits until it answers. */
  serve(): Promise<ServerProcess>;
}

/** As whom, and in which environment, if not that of the installation. */
export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export async function createInstallation(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-cli-'));
  const children: ChildProcess[] = [];
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const port = await freePort();
  const databasePath = join(folder, 'monitor.db');
  const config = join(folder, 'server.toml');
  mkdirSync(join(folder, 'web/assets'), { recursive: true });
  writeFileSync(config, `[development]\nweb_folder = ${JSON.stringify(join(folder, 'web'))}\n`);
  const environment = {
    DATABASE_PATH: databasePath,
    SECRET_KEY_BASE: 'k'.repeat(48),
    PORT: String(port),
    PATH: process.env['PATH'] ?? '',
  };
  const url = `http://127.0.0.1:${port}`;
  const start = (command: readonly string[], as: ProcessOptions = {}): ChildProcess => {
    const options: SpawnOptions = { env: environment, ...as };
    const child = spawn(process.execPath, [MAIN, ...command, '--config', config], options);
    children.push(child);
    return child;
  };
  return {
    folder,
    databasePath,
    url,
    environment,
    run: (command, input, as) => {
      const child = start(command, as);
      child.stdin?.end(input ?? '');
      return endOf(child);
    },
    prepare: async (work) => {
      await migrate(databasePath, readMigrations(defaultMigrationsFolder()), { clock: systemClock });
      const database = openDatabase(databasePath);
      try {
        return work(database);
      } finally {
        database.$client.close();
      }
    },
    serve: async () => {
      const child = start(['serve']);
      const ended = endOf(child);
      await Promise.race([answers(url), ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
      return { child, ended };
    },
  };
}

function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(`${url}/healthz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await pause(50);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

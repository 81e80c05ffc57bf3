import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { createTestDatabase } from '../db/test-database.ts';

/** A clock that tests turn by hand. Both of its times move together, unless one is set. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function testClock(startMs = Date.UTC(2026, 10, 23, 12)): TestClock {
  let now = startMs;
  let monotonic = 1_000;
  return {
    now: () => now,
    monotonic: () => monotonic,
    advance(milliseconds) {
      now += milliseconds;
      monotonic += milliseconds;
    },
  };
}

/** A folder of its own for one test, removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proxmox-monitor-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real, empty database of the newest schema in a folder of its own. */
export async function temporaryDatabase(): Promise<Database> {
  const { database, remove } = await createTestDatabase();
  onTestFinished(remove);
  return database;
}

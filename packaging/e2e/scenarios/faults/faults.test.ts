import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../../src/paths.ts';
import { bundledProgram } from './faulty-server.ts';
import { recordHost, ScratchGround } from './ground.ts';
import { complaint, formatOutcomes } from './outcome.ts';
import { SERVER_FAULTS } from './server-faults.ts';

describe('in short', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-faults-'));
  mkdirSync(join(REPOSITORY, 'build'), { recursive: true });
  const programFolder = mkdtempSync(join(REPOSITORY, 'build/faults-'));
  const program = bundledProgram(programFolder);
  const recorded = recordHost(folder, 4);
  afterAll(() => {
    for (const each of [folder, programFolder]) rmSync(each, { recursive: true, force: true });
  });

  for (const { name, play, missing } of SERVER_FAULTS.filter(({ onlyInFull }) => onlyInFull !== true)) {
    const why = missing?.();
    // they wait for each other's servers less than for time
    test(why === undefined ? name : `${name} (${why})`, {
      concurrent: true,
      skip: why !== undefined,
      timeout: 60_000,
    }, async () => {
      const notes: string[] = [];
      const note = (line: string): void => void notes.push(line);
      const own = mkdtempSync(join(folder, 'fault-'));
      const ground = new ScratchGround({ size: 'short', program, recorded, folder: own, note });
      try {
        const outcome = await play(ground);
        expect(complaint(outcome), notes.join('\n')).toBeUndefined();
      } finally {
        await ground.close();
      }
    });
  }
});

test('the table has a line for each fault, and says what must not be', () => {
  const good = { sent: 3, acked: 2, stored: 3, lost: 0, duplicates: 0 };
  expect(formatOutcomes([{ fault: 'kill -9', ...good }]).at(-1)).toBe('| kill -9 | 3 | 2 | 3 | 0 | 0 |');
  expect(complaint(good)).toBeUndefined();
  expect(complaint({ ...good, lost: 1 })).toMatch('1 samples were acked');
  expect(complaint({ ...good, duplicates: 1 })).toMatch('stored twice');
  expect(complaint({ ...good, acked: 0 })).toMatch('nothing was acked');
  expect(complaint({ ...good, stored: 4 })).toMatch('4 samples are stored of 3');
});

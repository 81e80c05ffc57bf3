import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SOURCE_PROGRAM } from './faulty-server.ts';
import { ScratchGround } from './ground.ts';
import { complaint, formatOutcomes } from './outcome.ts';
import { SERVER_FAULTS } from './server-faults.ts';

for (const { name, play, missing } of SERVER_FAULTS) {
  const why = missing?.();
  test.skipIf(why !== undefined)(
    `in short: ${name}${why === undefined ? '' : ` (${why})`}`,
    { timeout: 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-faults-'));
      const notes: string[] = [];
      const note = (line: string): void => {
        notes.push(line);
      };
      const ground = new ScratchGround({ size: 'short', program: SOURCE_PROGRAM, folder, note });
      try {
        const outcome = await play(ground);
        expect(complaint(outcome), notes.join('\n')).toBeUndefined();
      } finally {
        await ground.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}

test('the table has a line for each fault, and says what must not be', () => {
  const good = { sent: 3, acked: 2, stored: 3, lost: 0, duplicates: 0 };
  expect(formatOutcomes([{ fault: 'kill -9', ...good }]).at(-1)).toBe('| kill -9 | 3 | 2 | 3 | 0 | 0 |');
  expect(complaint(good)).toBeUndefined();
  expect(complaint({ ...good, lost: 1 })).toMatch('1 samples were acked');
  expect(complaint({ ...good, duplicates: 1 })).toMatch('stored twice');
  expect(complaint({ ...good, acked: 0 })).toMatch('nothing was acked');
  expect(complaint({ ...good, stored: 4 })).toMatch('4 samples are stored of 3');
});

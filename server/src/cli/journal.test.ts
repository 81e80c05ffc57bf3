import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

describe('the log in the journal', () => {
  it('has the priority of its level in front, so that journalctl -p finds what is wrong', () => {
    const lines: string[] = [];
    const log = createLog({ journal: true, write: (line) => lines.push(line) });
    log.info('fine');
    log.warn({ reason: 'disk full' }, 'not ready');
    log.error('broken');
    log.fatal('over');
    expect(lines.map((line) => line.slice(0, 3))).toEqual(['<6>', '<4>', '<3>', '<3>']);
    expect(JSON.parse(lines[1]?.slice(3) ?? '')).toMatchObject({ level: 40, msg: 'not ready' });
  });

  it('is plain JSON where no journal reads it', () => {
    const lines: string[] = [];
    createLog({ journal: false, write: (line) => lines.push(line) }).warn('not ready');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, msg: 'not ready' });
  });

  it('shows no secret, under whatever key it comes', () => {
    const lines: string[] = [];
    const log = createLog({ journal: true, write: (line) => lines.push(line) });
    log.warn({ token: 'pma_x', request: { cookie: 'abc' } }, 'refused');
    expect(lines.join('')).not.toMatch(/pma_x|abc/);
  });
});

import { expect, test } from 'vitest';
import { type HostState, stateChanges } from './state-changes.ts';

function state(pool: string | undefined, guests: Record<number, string>, source = 'ok'): HostState {
  const guest = { type: 'qemu', isTemplate: false } as const;
  return {
    documents: {
      ...(pool === undefined
        ? {}
        : { zfsPools: { body: { pools: [{ name: 'rpool', state: pool, activities: [], vdevs: [] }] } } }),
      pveGuests: {
        body: {
          guests: Object.entries(guests).map(([vmid, status]) => ({ ...guest, vmid: Number(vmid), status })),
        },
      },
    },
    sources: new Map([['zfsPools', { state: source }]]),
  };
}

test('every state that differs is told, with what was before and what came after', () => {
  const before = state('ONLINE', { 100: 'running', 101: 'running' });
  const after = state('DEGRADED', { 100: 'stopped', 102: 'running' }, 'failed');
  expect(stateChanges(before, after)).toEqual([
    { kind: 'pool', subject: 'rpool', before: 'ONLINE', after: 'DEGRADED' },
    { kind: 'guest', subject: '100', before: 'running', after: 'stopped' },
    { kind: 'guest', subject: '101', before: 'running', after: undefined },
    { kind: 'guest', subject: '102', before: undefined, after: 'running' },
    { kind: 'source', subject: 'zfsPools', before: 'ok', after: 'failed' },
  ]);
});

test('what one of the two does not tell is no change', () => {
  const told = state('ONLINE', {});
  expect(stateChanges(state(undefined, {}), told)).toEqual([]);
  expect(stateChanges({ documents: {}, sources: new Map() }, told)).toEqual([
    { kind: 'source', subject: 'zfsPools', before: undefined, after: 'ok' },
  ]);
  expect(stateChanges(told, told)).toEqual([]);
});

import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';
import { countCalls } from './programs.ts';
import { formatTable, type Row, verdict } from './table.ts';
import { parseConnections } from './wire.ts';

const row: Row = {
  name: 'proxmox-monitor-agent',
  cpuPercent: 0.2,
  rss: 50e6,
  pss: 48e6,
  privateDirty: 17e6,
  writtenBytes: 0,
  majorFaults: 0,
  contextSwitchesPerSecond: 20,
  wireBytesPerSecond: 150,
};

test('the table shows how many times the agent’s a figure of the others is', () => {
  const peer: Row = {
    ...row,
    name: 'netdata',
    cpuPercent: 0.9,
    writtenBytes: 4096,
    wireBytesPerSecond: undefined,
  };
  const lines = formatTable([row, peer]).split('\n');
  expect(lines[2]).toContain('| 0.200 | 50.0 |');
  expect(lines[3]).toContain('| 0.900 (x 4.5) | 50.0 (x 1.0) |');
  // There is no ratio to nothing, and no figure for what sends nothing.
  expect(lines[3]).toMatch(/\| 4 \| 0 \| 20\.0 \(x 1\.0\) \| {2}\|$/);
});

test('a budget that is not kept is named with its figure', () => {
  expect(verdict(row).every((line) => line.startsWith('kept'))).toBe(true);
  const [processor, , , wire, written] = verdict({
    ...row,
    cpuPercent: 0.31,
    wireBytesPerSecond: 201,
    writtenBytes: 1,
  });
  expect(processor).toBe('NOT KEPT  processor, children and helper included: 0.31 of 0.3 % of a core');
  expect(wire).toMatch(/^NOT KEPT {2}on the wire: 201 of 200/);
  expect(written).toMatch(/^NOT KEPT/);
});

test('bytes on the wire are what the kernel says of the one connection', () => {
  const line =
    '0 0 127.0.0.1:41012 127.0.0.1:8443 ts sack cubic wscale:7,7 rto:204 bytes_sent:5200 bytes_retrans:100 bytes_acked:5101 bytes_received:812 segs_out:9';
  expect(parseConnections(`${line}\n`, 8443)).toEqual({ sent: 5101, received: 812 });
  expect(() => parseConnections(`${line}\n${line}\n`, 8443)).toThrow('2 connections to port 8443');
  expect(() => parseConnections('', 8443)).toThrow('0 connections');
});

test('programs are counted with their arguments, and those that were not there are left out', () => {
  const trace = [
    '17 execve("/usr/bin/grep", ["/usr/bin/grep", "-e", "", "--", "a \\"b\\""], 0x7ffe /* 3 vars */) = 0',
    '18 execve("/usr/bin/grep", ["/usr/bin/grep", "-e", "", "--", "a \\"b\\""], 0x7ffe /* 3 vars */) = 0',
    '19 execve("/usr/sbin/df", ["/usr/sbin/df"], 0x7ffe /* 3 vars */) = -1 ENOENT (No such file or directory)',
    '20 execve("/usr/bin/df", ["/usr/bin/df", "/"], 0x7ffe /* 3 vars */) = 0',
  ].join('\n');
  expect(countCalls(trace)).toEqual([
    ['/usr/bin/df /', 1],
    [`/usr/bin/grep -e '' -- a \\"b\\"`, 2],
  ]);
});

test.each([
  [[], 'what is to be measured'],
  [['fleet'], 'what is to be measured'],
  [['server', '--hosts', '0'], 'takes a whole number up to 10000, not "0"'],
  [['agent', '--minutes', 'ten'], 'takes a number, not "ten"'],
  [['agent', '--minute', '1'], "Unknown option '--minute'"],
])('a call with %j is refused with a sentence', (argv, sentence) => {
  expect(() => parseArguments(argv)).toThrow(sentence);
});

test('ten minutes beside the others are measured unless something else is asked for', () => {
  expect(parseArguments(['agent'])).toMatchObject({ minutes: 10, withPeers: true, programs: false });
  expect(parseArguments(['agent', '--programs', '--minutes', '0.5'])).toMatchObject({
    minutes: 0.5,
    withPeers: false,
  });
});

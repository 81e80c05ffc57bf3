import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseFailedUnits, parseServices, services } from './services.ts';

const unit = (id: string, more: string): string =>
  `Id=${id}\nDescription=d of ${id}\nLoadState=loaded\n${more}\n`;
const SHOWN = [
  unit(
    'pvestatd.service',
    'ActiveState=failed\nSubState=failed\nUnitFileState=enabled\nNRestarts=3\nType=forking',
  ),
  unit(
    'corosync.service',
    'ActiveState=inactive\nSubState=dead\nUnitFileState=enabled\nNRestarts=0\nType=notify',
  ),
  unit(
    'cron.service',
    'ActiveState=inactive\nSubState=dead\nUnitFileState=disabled\nNRestarts=0\nType=simple',
  ),
  unit(
    'once.service',
    'ActiveState=inactive\nSubState=dead\nUnitFileState=enabled\nNRestarts=0\nType=oneshot',
  ),
  'Id=chrony.service\nDescription=chrony.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nNRestarts=0\n',
].join('\n');

test('services that are not installed are left out, and those that need not run are not expected to', () => {
  expect(
    parseServices(SHOWN, false).map(({ unit: name, isExpected, restarts }) => [name, isExpected, restarts]),
  ).toEqual([
    ['pvestatd.service', true, 3],
    ['corosync.service', false, 0],
    ['cron.service', false, 0],
    ['once.service', false, 0],
  ]);
  expect(parseServices(SHOWN, true)[1]?.isExpected).toBe(true);
});

test.each([
  ['nfs-mount.mount loaded failed failed /mnt/nas\n', [{ unit: 'nfs-mount.mount', description: '/mnt/nas' }]],
  ['● a.service not-found failed failed a.service\n', [{ unit: 'a.service', description: 'a.service' }]],
  ['', []],
])('failed units as in %j', (text, expected) => {
  expect(parseFailedUnits(text)).toEqual(expected);
});

describe('what systemctl never prints is refused', () => {
  test('for failed units', () =>
    expect(() => parseFailedUnits('Failed to connect to bus\n')).toThrow('systemctl printed'));
  test('for services', () =>
    expect(() => parseServices('Id=a.service\nLoadState=loaded\n', false)).toThrow('without its state'));
});

test('a host is asked twice, and its services depend on what is installed', async () => {
  const host = new RecordedHost()
    .files({ '/usr/bin/pmxcfs': '', '/etc/corosync/corosync.conf': '' })
    .program(
      '/usr/bin/systemctl',
      `case $1 in list-units) ;; *) printf '%s\\n' "$*" >&2; cat <<'EOF'\n${SHOWN}EOF\n;; esac`,
    );
  const { document } = await runOnce(services, host, systemClock);
  expect(document?.failed).toEqual([]);
  expect(document?.services.find(({ unit: name }) => name === 'corosync.service')?.isExpected).toBe(true);
});

test('a host without systemd has no services', async () => {
  expect((await runOnce(services, new RecordedHost(), systemClock)).source.state).toBe('absent');
});

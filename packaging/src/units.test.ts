import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

/** Exposure that a unit may have, times ten: a promise of docs/security. */
const UNITS = [
  { unit: 'proxmox-monitor-agent.service', exposure: 20 },
  { unit: 'proxmox-monitor-agent.proxmox-monitor-agent-helper.service', exposure: 15 },
  { unit: 'proxmox-monitor-server.service', exposure: 15 },
  { unit: 'proxmox-monitor-server.proxmox-monitor-server-backup.service', exposure: 15 },
] as const;

for (const { unit, exposure } of UNITS) {
  const file = join(REPOSITORY, 'debian', unit);

  test.skipIf(!isInstalled('systemd-analyze'))(`${unit} is exposed by ${exposure / 10} at most`, async () => {
    const parameters = ['security', '--offline=true', `--threshold=${exposure}`, '--no-pager', file];
    await expect(runProgram('systemd-analyze', parameters)).resolves.toContain('Overall exposure level');
  });

  test(`${unit} holds each directive once, and no comment behind a value`, () => {
    const lines = readFileSync(file, 'utf8').split('\n');
    const names = lines.flatMap((line) => /^([A-Za-z]+)=/.exec(line)?.[1] ?? []);
    const isList = (name: string): boolean =>
      ['ExecStart', 'SystemCallFilter', 'DeviceAllow', 'LoadCredential', 'SetCredential'].includes(name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index && !isList(name));
    expect(twice).toEqual([]);
    expect(lines.filter((line) => /=.*\s#/.test(line) && !line.startsWith('#'))).toEqual([]);
  });
}

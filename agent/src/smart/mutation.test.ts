import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from '../testing/mutation.ts';
import { recordedFile } from '../testing/recorded-host.ts';
import { compareWithBaselines, parseBaselines } from './baselines.ts';
import { parseMemory } from './memory.ts';
import { parseReading } from './reading.ts';
import { parseScan, targetsOf } from './scan.ts';
import { recorded, recordedDisks } from './testing.ts';
import { volumeOf } from './uses.ts';

function diskOf(text: string): object {
  const disk = { device: '/dev/sda', increases: [], uses: [], ...parseReading(text) };
  checkDocument('smart', { disks: [disk] });
  return disk;
}

describe('damaged output of smartctl gives a disk that is valid or a ParseError', () => {
  for (const { name, text } of recordedDisks()) {
    test.skipIf(text === undefined)(name, () => {
      expectHoldsWhenDamaged(name, text ?? '', diskOf, 100);
    });
  }
});

test('output of smartctl that is cut off is refused', () => {
  expectHonestWhenCut(recorded('qemu-smartctl-7.4/sdb-n.json'), diskOf);
});

test('a damaged scan gives devices that smartctl may be given, or a ParseError', () => {
  expectHoldsWhenDamaged(
    'scan',
    recorded('qemu-smartctl-7.4/scan-open.json'),
    (text) => {
      for (const { device } of targetsOf(parseScan(text), [])) expect(device).toMatch(/^\/dev\/[^-. ]/);
    },
    1_000,
  );
});

test('damaged memories are none', () => {
  const left: unknown = JSON.parse(recordedFile('pve9-cluster/run/proxmox-monitor-agent-helper/smart.json'));
  const disks: unknown = Reflect.get(Object(Reflect.get(Object(left), 'document')), 'disks');
  const memory = JSON.stringify({ blocks: 'sda 1', devices: [{ device: '/dev/sda' }], disks });
  expectHoldsWhenDamaged(
    'memory',
    memory,
    (text) => {
      const known = parseMemory(text);
      if (known !== undefined) checkDocument('smart', { disks: known.disks });
    },
    1_000,
  );
  const baselines = JSON.stringify({ 'WD S1': { mediaErrors: { first: 1, last: 2, grewAtMs: 3 } } });
  const disk = diskOf(recorded('qemu-smartctl-7.4/nvme0-n.json'));
  expectHoldsWhenDamaged(
    'baselines',
    baselines,
    (text) => {
      const { disks: compared } = compareWithBaselines(
        [JSON.parse(JSON.stringify(disk))],
        parseBaselines(text),
        9,
      );
      checkDocument('smart', { disks: compared });
    },
    1_000,
  );
});

test('a damaged name of a volume is some name', () => {
  expectHoldsWhenDamaged('volume', 'pve--a-vm--100--disk--0', volumeOf, 1_000);
});

import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import { mirrorDegraded, mirrorWell, raidz2AllClasses, singleDiskWithDataErrors } from '../preview/pools.ts';
import { PoolCard } from './pool-card.tsx';
import { VdevTree } from './vdev-tree.tsx';

/** Rows of the tree as the text of their cells. */
function rowsOf(html: string): string[] {
  return [...html.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

describe('the tree of a pool', () => {
  test('shows every device with its state and errors', () => {
    expect(rowsOf(render(<VdevTree pool={mirrorDegraded} />))).toEqual([
      'Device State R ead W rite C ksum',
      'rpool DEGRADED 0 0 0',
      'mirror-0 2 disks, no redundancy left DEGRADED 0 0 0',
      'ata-SAMSUNG_MZ7L3960HCJR_ S662NN0W314158-part3 ONLINE 0 0 0',
      'ata-SAMSUNG_MZ7L3960HCJR_ S662NN0W314159-part3 Critical: FAULTED too many errors 14 0 2',
    ]);
  });

  test('tints the row of the culprit alone', () => {
    const html = render(<VdevTree pool={mirrorDegraded} />);
    expect(html.match(/<tr data-s="crit"/g)).toHaveLength(1);
    expect(html.match(/class="chip" data-s="crit"/g)).toHaveLength(1);
  });

  test('has a heading for each class, and dashes where spares count nothing', () => {
    const rows = rowsOf(render(<VdevTree pool={raidz2AllClasses} />));
    expect(rows.filter((row) => /^(Dedup|Special|Log|Cache|Spares)$/.test(row))).toHaveLength(5);
    expect(rows.at(-1)).toMatch(/WD-0016 AVAIL (– not counted ?){3}$/);
  });
});

describe('the card of a pool', () => {
  test('says what it means, how full it is and when it was scrubbed', () => {
    const html = render(<PoolCard pool={mirrorDegraded} />);
    const text = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('mirror-0 has no redundancy left');
    expect(text).toContain('410 of 888 GiB');
    expect(text).toMatch(/Last scrub 1[56] Nov \d\d:\d\d, 0 errors, 12 min/);
    expect(text).toContain('Message ZFS-8000-K4');
  });

  test('counts data errors', () => {
    expect(render(<PoolCard pool={singleDiskWithDataErrors} />)).toContain(
      '<dt>Data errors</dt><dd>129</dd>',
    );
  });

  test('of a pool that cannot be measured shows no meter', () => {
    const { sizeBytes: _, allocatedBytes: __, capacityPercent: ___, ...faulted } = mirrorWell;
    expect(render(<PoolCard pool={{ ...faulted, state: 'UNAVAIL' }} />)).not.toContain('class="m"');
  });

  test('shows hostile names as text', () => {
    const name = `</td><script>alert(1)</script>`;
    const vdevs = mirrorWell.vdevs.map((vdev) => ({ ...vdev, name, note: name, formerPath: name }));
    const html = render(<PoolCard pool={{ ...mirrorWell, name, state: name, messageId: name, vdevs }} />);
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script>');
  });
});

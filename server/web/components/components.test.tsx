import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import { actionFor, bindKeys } from '../state/keys.ts';
import { trouble } from '../state/store.ts';
import { iconSvg } from '../state/tab.ts';
import { Age, Moment } from './ago.tsx';
import { Chip, ReasonChip } from './chip.tsx';
import { Meter } from './meter.tsx';
import { sparkPath } from './spark-path.ts';
import { TroubleNotice } from './trouble-notice.tsx';

test('a server that stores nothing says so, with the words of its log', () => {
  expect(render(<TroubleNotice />)).toBe('');
  trouble.value = {
    kind: 'damaged',
    sinceMs: 0,
    sentence: 'Restore a backup: proxmox-monitor-server restore /b',
  };
  const text = render(<TroubleNotice />);
  trouble.value = undefined;
  expect(text).toMatch(/data-s="crit".*role="alert">The server stores nothing since .*restore \/b/);
});

describe('a sparkline', () => {
  test('begins anew after a gap', () => {
    expect(sparkPath([10, 10, null, 10]).line).toMatch(/^M0 \S+L33\.3 \S+M100 \S+h\.1$/);
  });

  test('is dashed to now when the last values are missing, but not for the minute that is being filled', () => {
    expect(sparkPath([5, 5, null]).tail).toBeUndefined();
    expect(sparkPath([5, 5, null, null]).tail).toMatch(/^M33\.3 \S+H100$/);
  });

  test('does not make mountains of an idle host', () => {
    const { line } = sparkPath([0.1, 0.2, 0.1]);
    const heights = [...line.matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...heights)).toBeGreaterThan(15);
  });

  test('of nothing is nothing', () => {
    expect(sparkPath([])).toEqual({ line: '', tail: undefined });
    expect(sparkPath([null, null])).toEqual({ line: '', tail: undefined });
  });
});

describe('a meter', () => {
  test('stays within its bar and tells the true figure', () => {
    const html = render(<Meter percent={130} morePercent={40} label="swap" />);
    expect(html).toContain('--used:100.0%');
    expect(html).toContain('--more:100.0%');
    expect(html).toContain('<b>130 %</b>');
  });
});

test.each([8.64e15 + 60_000, -8.64e15 - 60_000])(
  'a moment beyond all dates (%d) is no reason to fail',
  (atMs) => {
    expect(render(<Moment atMs={atMs} />)).toContain('<time');
    expect(render(<Age atMs={atMs} />)).toContain('<time');
  },
);

describe('chips', () => {
  test('say their state, unless all is well', () => {
    expect(render(<Chip severity="warn" text="tank 87 %" />)).toContain('Warning: ');
    expect(render(<Chip severity="ok" text="2 pools" />)).not.toContain('Well');
  });

  test('with a reason are buttons that are described by it', () => {
    const html = render(
      <ReasonChip severity="crit" text="rpool DEGRADED">
        why
      </ReasonChip>,
    );
    const id = /aria-describedby="([^"]+)"/.exec(html)?.[1] ?? 'none';
    expect(html).toContain(`<span role="tooltip" id="${id}">why</span>`);
  });
});

describe('keys', () => {
  test('are found alone and in sequence, as long as the sequence is not too slow', () => {
    const pressed: string[] = [];
    const unbind = bindKeys({ j: () => pressed.push('j'), 'g f': () => pressed.push('g f') });
    actionFor('j', 0)?.();
    expect(actionFor('g', 100)).toBeUndefined();
    actionFor('f', 200)?.();
    actionFor('g', 1_000);
    expect(actionFor('f', 9_000)).toBeUndefined();
    unbind();
    expect(actionFor('j', 9_100)).toBeUndefined();
    expect(pressed).toEqual(['j', 'g f']);
  });
});

describe('the icon of the tab', () => {
  test.each([
    [0, false, ''],
    [3, true, '>3<'],
    [12, true, '>9+<'],
  ])('with %d hosts that need attention', (count, badge, figure) => {
    const svg = iconSvg(count, 'crit');
    expect(svg.includes('<circle')).toBe(badge);
    expect(svg).toContain(figure);
  });
});

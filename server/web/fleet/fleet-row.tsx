import type { ComponentChildren, JSX } from 'preact';

import { useEffect, useRef } from 'preact/hooks';
import type { HostSummary } from '../../src/api/schema.ts';
import { formatLoad } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Age, Moment } from '../components/ago.tsx';
import { Glyph } from '../components/glyph.tsx';
import { memo } from '../components/memo.ts';
import { Meter } from '../components/meter.tsx';
import { Sparkline } from '../components/sparkline.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { formatMegabytes } from '../format/rate.ts';
import { hostPath } from '../host/host-path.ts';
import { nowMs } from '../state/clock.ts';
import { PoolsCell } from './pools-cell.tsx';
import { reasonOf } from './reason.ts';
import { ThingsCell } from './things-cell.tsx';

interface FleetRowProps {
  readonly host: HostSummary;
  /** Marked by the keys j and k. */
  readonly at: boolean;
}

/** One host. Drawn again only when something about the host changed. */
export const FleetRow = memo(function FleetRow({ host, at }: FleetRowProps): JSX.Element {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (at) row.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <tr ref={row} data-s={host.severity} class={at ? 'at' : undefined} aria-current={at || undefined}>
      <Cell>
        <span class="host">
          <Glyph severity={host.severity} />
          <a class="name" href={hostPath(host.name)}>
            {host.name}
          </a>
          <Reason host={host} />
        </span>
      </Cell>
      <CpuCell host={host} />
      <MemoryCell host={host} />
      <LoadCell host={host} />
      <StorageCell host={host} />
      <PoolsCell host={host} />
      <ThingsCell host={host} />
      <NetworkCell host={host} />
      <SeenCell host={host} />
    </tr>
  );
});

function Cell({
  className,
  children,
}: {
  readonly className?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return <td class={className}>{children}</td>;
}

function Reason({ host }: { readonly host: HostSummary }): JSX.Element | null {
  // only a silent host's words hold a time
  const reason = reasonOf(host, host.state === 'silent' ? nowMs.value : 0);
  return reason === undefined ? null : <small>{reason}</small>;
}

function CpuCell({ host: { cpu, cpuHistoryPercent } }: { readonly host: HostSummary }): JSX.Element {
  if (cpu?.usedPercent === undefined) {
    return (
      <Cell>
        <Absent />
      </Cell>
    );
  }
  return (
    <Cell>
      <span class="two">
        <Meter percent={cpu.usedPercent} label={`CPU ${formatPercent(cpu.usedPercent)}`} />
        <Sparkline values={cpuHistoryPercent} />
      </span>
    </Cell>
  );
}

function MemoryCell({ host: { memory } }: { readonly host: HostSummary }): JSX.Element {
  if (memory === undefined) {
    return (
      <Cell className="p2">
        <Absent />
      </Cell>
    );
  }
  const arcPercent = ((memory.arcBytes ?? 0) / memory.totalBytes) * 100;
  const arc =
    memory.arcBytes === undefined || memory.arcBytes === 0 ? '' : `, ARC ${formatBytes(memory.arcBytes)}`;
  const label = `Memory ${formatPercent(memory.usedPercent)} used${arc}`;
  return (
    <Cell className="p2">
      <span class="two">
        <Meter percent={memory.usedPercent} morePercent={arcPercent} label={label} />
        <small>
          {formatBytesOf(memory.usedBytes, memory.totalBytes)}
          {arc}
        </small>
      </span>
    </Cell>
  );
}

function LoadCell({ host: { load, cpu } }: { readonly host: HostSummary }): JSX.Element {
  return (
    <Cell className="num p4">
      {load === undefined ? <Absent /> : formatLoad(load.load1)}
      {load === undefined || cpu === undefined ? null : <small>of {cpu.logicalCpus}</small>}
    </Cell>
  );
}

function StorageCell({ host: { worstFilesystem } }: { readonly host: HostSummary }): JSX.Element {
  if (worstFilesystem === undefined) {
    return (
      <Cell className="p3">
        <Absent />
      </Cell>
    );
  }
  const { mountPoint, usedPercent } = worstFilesystem;
  return (
    <Cell className="p3">
      <span class="two">
        <Meter percent={usedPercent} label={`${mountPoint} ${formatPercent(usedPercent)} full`} />
        <small class="path" title={mountPoint}>
          {mountPoint}
        </small>
      </span>
    </Cell>
  );
}

function NetworkCell({ host: { network } }: { readonly host: HostSummary }): JSX.Element {
  if (network === undefined) {
    return (
      <Cell className="num p4">
        <Absent />
      </Cell>
    );
  }
  return (
    <Cell className="num p4">
      {formatMegabytes(network.receiveBytesPerSecond)}
      <small>{formatMegabytes(network.sendBytesPerSecond)}</small>
    </Cell>
  );
}

function SeenCell({ host: { lastSeenAtMs, state } }: { readonly host: HostSummary }): JSX.Element {
  if (lastSeenAtMs === undefined) return <Cell className="num p2 seen">never</Cell>;
  if (state === 'silent') {
    return (
      <Cell className="num p2 seen">
        <Moment atMs={lastSeenAtMs} />
        <small>
          <Age atMs={lastSeenAtMs} />
        </small>
      </Cell>
    );
  }
  return (
    <Cell className="num p2 seen">
      <span class="faint">
        <Age atMs={lastSeenAtMs} />
      </span>
    </Cell>
  );
}

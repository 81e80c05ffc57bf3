import type { ComponentChildren, JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { formatLoad } from '../../src/words/number.ts';
import { formatFinePercent, formatPercent } from '../../src/words/percent.ts';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { formatMegabytes } from '../format/rate.ts';

/** Current values of a host; what is not known is left out. */
export function NowStrip({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const { summary, documents, rates } = detail;
  const { cpu, memory, load, network } = summary;
  const pressure = documents.pressure?.body;
  const swap = documents.swap?.body;
  const arc = documents.zfsArc?.body;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const silent = summary.state === 'silent' ? 'silent' : undefined;
  return (
    <dl class="card totals now" data-s={silent} aria-label="Current values">
      <Now label="CPU" note={cpu && `of ${cpu.logicalCpus} threads`}>
        {cpu?.usedPercent !== undefined && formatPercent(cpu.usedPercent)}
      </Now>
      <Now label="I/O wait">{cpu?.ioWaitPercent !== undefined && formatFinePercent(cpu.ioWaitPercent)}</Now>
      <Now label="Load" note={load && `${formatLoad(load.load5)} in 5 min`}>
        {load && formatLoad(load.load1)}
      </Now>
      <Now label="Memory" note={memory && `${formatBytesOf(memory.usedBytes, memory.totalBytes)}`}>
        {memory && formatPercent(memory.usedPercent)}
      </Now>
      <Now
        label="ARC"
        note={rates.arcHitPercent !== undefined && `${formatFinePercent(rates.arcHitPercent)} hits`}
      >
        {arc && `${formatBytes(arc.sizeBytes)}`}
      </Now>
      <Now label="Swap" note={swap && swap.totalBytes > 0 && `of ${formatBytes(swap.totalBytes)}`}>
        {swap && (swap.totalBytes === 0 ? 'none' : formatBytes(swap.totalBytes - swap.freeBytes))}
      </Now>
      <Now label="I/O pressure" note="10 s">
        {pressure?.io && formatFinePercent(pressure.io.some.avg10Percent)}
      </Now>
      <Now label="Disks read / write" note="MB/s">
        {rates.disks.length > 0 &&
          `${formatMegabytes(sum(rates.disks.map((disk) => disk.readBytesPerSecond)))} / ${formatMegabytes(sum(rates.disks.map((disk) => disk.writeBytesPerSecond)))}`}
      </Now>
      <Now label="Network in / out" note="MB/s">
        {network &&
          `${formatMegabytes(network.receiveBytesPerSecond)} / ${formatMegabytes(network.sendBytesPerSecond)}`}
      </Now>
    </dl>
  );
}

interface NowProps {
  readonly label: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Now({ label, note, children }: NowProps): JSX.Element | null {
  if (children === undefined || children === false) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <b>{children}</b> <span>{note}</span>
      </dd>
    </div>
  );
}

import type { SmartDisk, ZfsDamagedFilesDocument, ZfsPool } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { Severity } from '../../src/api/schema.ts';
import { formatCount } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Chip } from '../components/chip.tsx';
import { Meter } from '../components/meter.tsx';
import { Name } from '../components/name.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { nowMs } from '../state/clock.ts';
import { DamagedFiles } from './damaged-files.tsx';
import { poolSentences } from './pool-sentence.ts';
import { activityTexts, type Labelled, scanTexts, workOf } from './scan-text.ts';
import { VdevTree } from './vdev-tree.tsx';

interface PoolCardProps {
  readonly pool: ZfsPool;
  /** As the server judges it. */
  readonly severity?: Severity;
  /** Where the helper has named them. */
  readonly damaged?: ZfsDamagedFilesDocument['pools'][number] | undefined;
  /** What is known of the health of the host's disks, and the time there. */
  readonly disks?: readonly SmartDisk[];
  readonly hostNowMs?: number;
}

export function PoolCard({
  pool,
  severity = 'ok',
  damaged,
  disks = [],
  hostNowMs = 0,
}: PoolCardProps): JSX.Element {
  const sentences = poolSentences(pool);
  return (
    <article class="card pool">
      <header>
        <h3>
          <Name text={pool.name} /> <Chip severity={severity} text={pool.state} />
          {pool.readOnly ? <span class="tag">read only</span> : null}
          {workOf(pool, nowMs.value).map(({ label, text }) => (
            <small key={label}>
              {label}: {text}
            </small>
          ))}
        </h3>
        <Fill pool={pool} />
        <p class="say">{sentences.join(' ')}</p>
      </header>
      {damaged === undefined || damaged.files.length === 0 ? null : <DamagedFiles damaged={damaged} />}
      <VdevTree pool={pool} disks={disks} hostNowMs={hostNowMs} />
      <footer>
        <dl>
          {factsOf(pool).map(({ label, text }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </footer>
    </article>
  );
}

/** zpool cannot measure a pool that it cannot open. */
function Fill({ pool }: { readonly pool: ZfsPool }): JSX.Element | null {
  const { capacityPercent, allocatedBytes, sizeBytes } = pool;
  if (capacityPercent === undefined || allocatedBytes === undefined || sizeBytes === undefined) return null;
  return (
    <>
      <Meter percent={capacityPercent} label={`${formatPercent(capacityPercent)} full`} />
      <span class="dim nw">{formatBytesOf(allocatedBytes, sizeBytes)}</span>
    </>
  );
}

function factsOf(pool: ZfsPool): readonly Labelled[] {
  const { fragmentationPercent, dedupRatio, dataErrors, checkpointBytes, messageId } = pool;
  const facts: readonly (Labelled | undefined)[] = [
    fragmentationPercent === undefined
      ? undefined
      : { label: 'Fragmentation', text: formatPercent(fragmentationPercent) },
    dedupRatio === undefined || dedupRatio === 1 ? undefined : { label: 'Dedup', text: `${dedupRatio}×` },
    {
      label: 'Data errors',
      text: dataErrors === undefined ? 'not known' : dataErrors === 0 ? 'none' : formatCount(dataErrors),
    },
    ...scanTexts(pool, nowMs.value),
    ...activityTexts(pool, nowMs.value),
    checkpointBytes === undefined ? undefined : { label: 'Checkpoint', text: formatBytes(checkpointBytes) },
    messageId === undefined ? undefined : { label: 'Message', text: messageId },
  ];
  return facts.filter((fact) => fact !== undefined);
}

import type { SmartDisk, Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import { diskVerdict } from '../../src/fleet/findings/disk-verdict.ts';
import { counted, formatCount } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { splitDeviceName } from './device-name.ts';
import { diskOfLeaf } from './disk-of-leaf.ts';
import { redundancyOf, redundancyText } from './redundancy.ts';
import { type TreeRow, treeRows } from './tree.ts';

interface VdevTreeProps {
  readonly pool: ZfsPool;
  /** What is known of the health of the host's disks, and the time there. */
  readonly disks?: readonly SmartDisk[];
  readonly hostNowMs?: number;
}

/** The devices of a pool, as `zpool status` shows them, with guides. */
export function VdevTree({ pool, disks = [], hostNowMs = 0 }: VdevTreeProps): JSX.Element {
  return (
    <table class="tbl tree" aria-label={`Devices of ${pool.name}`}>
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col" class="w-st">
            State
          </th>
          <th scope="col" class="num w-err">
            R<span class="no-phone">ead</span>
          </th>
          <th scope="col" class="num w-err">
            W<span class="no-phone">rite</span>
          </th>
          <th scope="col" class="num w-err">
            C<span class="no-phone">ksum</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {treeRows(pool.vdevs).map((row, index) => (
          <Row
            key={`${index} ${row.vdev.name}`}
            row={row}
            pool={pool}
            index={index}
            disk={row.leaf ? diskOfLeaf(row.vdev, disks) : undefined}
            hostNowMs={hostNowMs}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: TreeRow;
  readonly pool: ZfsPool;
  readonly index: number;
  readonly disk: SmartDisk | undefined;
  readonly hostNowMs: number;
}

function Row({ row, pool, index, disk, hostNowMs }: RowProps): JSX.Element {
  const { vdev, culprit, classHeading, severity } = row;
  const redundancy = redundancyOf(pool, index);
  return (
    <>
      {classHeading === undefined ? null : (
        <tr class="class">
          <th scope="rowgroup" colSpan={5}>
            {classHeading}
          </th>
        </tr>
      )}
      <tr data-s={culprit ? severity : undefined} aria-level={vdev.depth + 1}>
        <td class="dev" style={{ '--level': vdev.depth }}>
          {row.guides.map((guide, level) => (
            <i key={level} class={`guide ${guide}`} style={{ '--level': level }} aria-hidden="true" />
          ))}
          <Name row={row} />
          {disk === undefined ? null : <Health disk={disk} hostNowMs={hostNowMs} />}
          {redundancy === undefined ? null : <small>{redundancyText(redundancy)}</small>}
          {vdev.formerPath === undefined ? null : <small>was {vdev.formerPath}</small>}
        </td>
        <td>
          <State row={row} />
          {vdev.note === undefined ? null : <small>{vdev.note}</small>}
          {row.leaf && vdev.slowOperations ? <small>{formatCount(vdev.slowOperations)} slow</small> : null}
          {row.leaf && vdev.recentErrors ? (
            <small data-s="warn">
              <span class="hot">{counted(vdev.recentErrors, 'error')} in the last hour</span>
            </small>
          ) : null}
        </td>
        <Errors count={vdev.readErrors} row={row} />
        <Errors count={vdev.writeErrors} row={row} />
        <Errors count={vdev.checksumErrors} row={row} />
      </tr>
    </>
  );
}

/** "36 °C, 61 % worn", and in words what is wrong with the disk. */
function Health({ disk, hostNowMs }: { readonly disk: SmartDisk; readonly hostNowMs: number }): JSX.Element {
  const { severity, text } = diskVerdict(disk, hostNowMs);
  const { temperatureCelsius, wearPercent } = disk;
  const facts = [
    temperatureCelsius === undefined ? '' : `${Math.round(temperatureCelsius)} °C`,
    wearPercent === undefined ? '' : `${formatPercent(wearPercent)} worn`,
  ].filter((fact) => fact !== '');
  return (
    <small>
      {facts.join(', ')}
      {severity === 'crit' || severity === 'warn' ? (
        <a href="#disks" data-s={severity}>
          {facts.length === 0 ? '' : ', '}
          <span class="hot">SMART: {text}</span>
        </a>
      ) : null}
    </small>
  );
}

/** On a phone the part of a disk's name that tells it apart is enough. */
function Name({ row: { vdev, leaf } }: { readonly row: TreeRow }): JSX.Element {
  if (!leaf) return <b>{vdev.name}</b>;
  const { model, rest } = splitDeviceName(vdev.name);
  return (
    <span class="mono" title={vdev.name}>
      {model === '' ? null : <span class="no-phone">{model}</span>}
      {rest}
    </span>
  );
}

/** A group that only holds something wrong is red text: the solid chip is for what is wrong itself. */
function State({ row: { vdev, leaf, severity } }: { readonly row: TreeRow }): JSX.Element {
  if (!leaf && severity === 'crit') {
    return (
      <span data-s="crit">
        <span class="hot">{vdev.state}</span>
      </span>
    );
  }
  // errors of a disk that is ONLINE are bold figures, its state is as it says
  return <Chip severity={vdev.state === 'ONLINE' ? 'ok' : severity} text={vdev.state} />;
}

function Errors({ count, row }: { readonly count: Vdev['readErrors']; readonly row: TreeRow }): JSX.Element {
  if (count === undefined) {
    return (
      <td class="num">
        <Absent why="not counted" />
      </td>
    );
  }
  if (count === 0) return <td class="num z">0</td>;
  return (
    <td class="num" data-s={row.severity === 'ok' ? 'warn' : row.severity}>
      <span class="hot">{formatCount(count)}</span>
    </td>
  );
}

import type { ZfsDamagedFilesDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import { formatCount } from '../../src/words/number.ts';
import { Name } from '../components/name.tsx';

type DamagedFiles = ZfsDamagedFilesDocument['pools'][number];

/** Without a click: these are what has to be restored. */
const OPEN = 5;

/** What of a pool ZFS could not mend, beside the pool. */
export function DamagedFiles({ damaged }: { readonly damaged: DamagedFiles }): JSX.Element {
  const { files, omittedCount } = damaged;
  const rest = files.slice(OPEN);
  return (
    <div class="damaged" data-s="crit">
      <h4>Damaged files</h4>
      <FileList files={files.slice(0, OPEN)} />
      {rest.length === 0 ? null : (
        <details>
          <summary>and {rest.length} more</summary>
          <FileList files={rest} />
        </details>
      )}
      {omittedCount === 0 ? null : (
        <p class="dim">
          {formatCount(omittedCount)} more are not listed here: zpool status -v names them all.
        </p>
      )}
    </div>
  );
}

function FileList({ files }: { readonly files: readonly string[] }): JSX.Element {
  return (
    <ul>
      {files.map((file, index) => (
        <li key={index}>
          <Name text={file} mono={true} />
        </li>
      ))}
    </ul>
  );
}

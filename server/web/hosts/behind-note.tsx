import type { JSX } from 'preact';
import { counted } from '../../src/words/number.ts';
import { Note } from '../components/note.tsx';
import type { Behind } from './behind.ts';

/** Hosts are named up to this many; each also has its mark in the table. */
const NAMED = 6;

/** Which agents are behind, and how they are brought up to date. */
export function BehindNote({ behind: { names, line, published } }: { readonly behind: Behind }): JSX.Element {
  const more = names.length - NAMED;
  return (
    <Note severity="info">
      <b>
        {counted(names.length, 'agent')} {names.length === 1 ? 'is' : 'are'} behind:
      </b>{' '}
      {names.slice(0, NAMED).join(', ')}
      {more > 0 ? ` and ${more} more` : ''}.{' '}
      {published ? (
        <>
          The next <code>apt upgrade</code> of the host brings the new one; to have it now, run there as root:{' '}
          <code>{line}</code>
        </>
      ) : (
        <>
          Copy the new package to the host and run there as root: <code>{line}</code>. Hosts get it with{' '}
          <code>apt upgrade</code> once it is published here, with{' '}
          <code>proxmox-monitor-server apt-repo add</code>.
        </>
      )}
    </Note>
  );
}

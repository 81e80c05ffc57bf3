import type { JSX } from 'preact';
import type { RegisteredHost } from '../../src/api/schema.ts';
import { Moment } from '../components/ago.tsx';
import { Glyph } from '../components/glyph.tsx';
import { Note } from '../components/note.tsx';
import { hostPath } from '../host/host-path.ts';
import { isDone, type ProgressStep } from './progress.ts';

interface ProgressListProps {
  readonly host: RegisteredHost;
  readonly steps: readonly ProgressStep[];
}

/** How far a new agent has come. */
export function ProgressList({ host, steps }: ProgressListProps): JSX.Element {
  return (
    <>
      <h3>Progress</h3>
      <ul class="card list">
        {steps.map(({ title, atMs }) => (
          <li key={title}>
            <Glyph
              severity={atMs === undefined ? 'silent' : 'ok'}
              word={atMs === undefined ? 'Waiting' : 'Done'}
            />
            <span>{title}</span>
            <span class="push faint">{atMs === undefined ? 'waiting' : <Moment atMs={atMs} />}</span>
          </li>
        ))}
      </ul>
      {isDone(steps) ? (
        <Note severity="ok" role="status">
          {host.name} reports. <a href={hostPath(host.name)}>Open {host.name}</a>
        </Note>
      ) : (
        <Note severity="info" role="status">
          Waiting for {host.name}. If it takes long, run <code>proxmox-monitor-agent check</code> on the host:
          it says what is wrong.
        </Note>
      )}
    </>
  );
}

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RegisteredHost } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { Age } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { compareNames } from '../fleet/severity.ts';
import { formatDay } from '../format/time.ts';
import { hostPath } from '../host/host-path.ts';
import { nowMs } from '../state/clock.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { linkView } from './link-view.ts';
import { removeHost, rotateToken } from './registered-store.ts';

interface Question {
  readonly about: 'remove' | 'rotate';
  readonly name: string;
}

export function HostsTable({ hosts }: { readonly hosts: readonly RegisteredHost[] }): JSX.Element {
  const [question, ask] = useState<Question | undefined>();
  return (
    <div class="card">
      <table class="tbl registered" aria-label="Registered hosts">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Link</th>
            <th scope="col" class="p2">
              Token
            </th>
            <th scope="col" class="num p3">
              Agent
            </th>
            <th scope="col" class="num">
              Seen
            </th>
            <th scope="col" class="num p3">
              Added
            </th>
            <th scope="col">
              <span class="vh">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hosts
            .toSorted((first, second) => compareNames(first.name, second.name))
            .map((host) => (
              <Row key={host.name} host={host} onAsk={(about) => ask({ about, name: host.name })} />
            ))}
        </tbody>
      </table>
      {question === undefined ? null : <Ask question={question} onClose={() => ask(undefined)} />}
    </div>
  );
}

interface RowProps {
  readonly host: RegisteredHost;
  onAsk(about: Question['about']): void;
}

function Row({ host, onAsk }: RowProps): JSX.Element {
  const { severity, text } = linkView(host, nowMs.value);
  return (
    <tr data-s={severity}>
      <td>
        <a class="name" href={hostPath(host.name)}>
          {host.name}
        </a>
      </td>
      <td>
        <Chip severity={severity} text={text} />
        {host.newerAgentVersion === undefined ? null : (
          <>
            {' '}
            <Chip severity="info" text="agent behind" />
          </>
        )}
      </td>
      <td class="p2 mono">{host.tokenId}_…</td>
      <td class="num p3">{host.agentVersion ?? <Absent />}</td>
      <td class="num nw">
        {host.lastSeenAtMs === undefined ? (
          'never'
        ) : (
          <>
            <Age atMs={host.lastSeenAtMs} /> ago
          </>
        )}
      </td>
      <td class="num p3 nw dim">{formatDay(host.createdAtMs, nowMs.value)}</td>
      <td class="num nw actions">
        <button type="button" class="btn sl ghost" onClick={() => onAsk('rotate')}>
          New token<span class="vh"> for {host.name}</span>
        </button>
        <button type="button" class="btn sl ghost" onClick={() => onAsk('remove')}>
          Remove<span class="vh"> {host.name}</span>
        </button>
      </td>
    </tr>
  );
}

function Ask({
  question: { about, name },
  onClose,
}: {
  readonly question: Question;
  onClose(): void;
}): JSX.Element {
  if (about === 'remove') {
    return (
      <ConfirmDialog
        title={`Remove ${name}?`}
        verb={`Remove ${name}`}
        act={() => removeHost(name)}
        onClose={onClose}
      >
        Everything that is stored about it is deleted, and its agent is refused from now on. To take the agent
        off the host, run <code>apt purge proxmox-monitor-agent</code> there.
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog
      title={`New token for ${name}?`}
      verb="Make a new token"
      act={() => rotateToken(name)}
      onClose={onClose}
    >
      The old one stops working at once. {name} sends no data until its agent has the new one; what is stored
      stays.
    </ConfirmDialog>
  );
}

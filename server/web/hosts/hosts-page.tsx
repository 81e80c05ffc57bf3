import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RegisteredHosts } from '../../src/api/schema.ts';
import { Icon } from '../components/icon.tsx';
import { readParameter, writeParameter } from '../state/address.ts';
import { AddHostForm } from './add-host-form.tsx';
import { behindOf } from './behind.ts';
import { BehindNote } from './behind-note.tsx';
import { HostsTable } from './hosts-table.tsx';
import { followRegistered, newToken, registered } from './registered-store.ts';
import { TokenPanel } from './token-panel.tsx';

/** Registered hosts, and the way to add one. */
export function HostsPage({ initial }: { readonly initial: RegisteredHosts }): JSX.Element {
  const [suggested] = useState(() => readParameter('add') ?? '');
  const [adding, setAdding] = useState(suggested !== '');
  useEffect(() => {
    writeParameter('add', undefined);
    return followRegistered();
  }, []);
  const list = registered.value ?? initial;
  const token = newToken.value;
  const form = <AddHostForm suggested={suggested} onAdded={() => setAdding(false)} />;
  if (list.hosts.length === 0 && token === undefined) return <NoHosts form={form} />;
  const behind = behindOf(list.hosts, list.installation);
  const connected = list.hosts.filter((host) => host.connected).length;
  return (
    <main id="main">
      <div class="bar">
        <h1>Hosts</h1>
        <span class="dim">
          {list.hosts.length} registered, {connected} connected
        </span>
        {adding || token !== undefined ? null : (
          <button type="button" class="btn go push" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            Add host
          </button>
        )}
      </div>
      {adding && token === undefined ? (
        <section class="card pad add" aria-label="Add a host">
          {form}
          <button type="button" class="btn ghost" onClick={() => setAdding(false)}>
            Cancel
          </button>
        </section>
      ) : null}
      {token === undefined ? null : (
        <TokenPanel
          token={token.token}
          host={list.hosts.find(({ name }) => name === token.host.name) ?? token.host}
          server={list}
        />
      )}
      {behind === undefined ? null : <BehindNote behind={behind} />}
      <HostsTable hosts={list.hosts} />
    </main>
  );
}

function NoHosts({ form }: { readonly form: JSX.Element }): JSX.Element {
  return (
    <main id="main">
      <section class="card empty">
        <Icon name="rack" />
        <h1>No hosts yet</h1>
        <p>
          Register your first host. You get a token and the lines to install the agent; its first values
          appear seconds after the installation.
        </p>
        {form}
        <p class="sm">The agent opens no port and takes no commands. It only sends.</p>
      </section>
    </main>
  );
}

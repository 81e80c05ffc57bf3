import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { RegisteredHost, RegisteredHosts } from '../../src/api/schema.ts';
import { pasteBlock } from '../../src/installation/paste-block.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Code } from './code.tsx';
import { installLines } from './install-lines.ts';
import { PasteInstall, PasteUnattended } from './paste-install.tsx';
import { isDone, progressOf } from './progress.ts';
import { ProgressList } from './progress-list.tsx';
import { isWaiting, newToken } from './registered-store.ts';
import { UnattendedInstall } from './unattended-install.tsx';

interface TokenPanelProps {
  readonly token: string;
  readonly host: RegisteredHost;
  readonly server: Pick<RegisteredHosts, 'serverUrl' | 'serverVersion' | 'installation'>;
}

/** The token, this once, and what to do with it. */
export function TokenPanel({ token, host, server }: TokenPanelProps): JSX.Element {
  const isNew = host.createdAtMs === host.tokenCreatedAtMs;
  const block = isNew ? pasteBlock(server.serverUrl, server.installation) : undefined;
  const steps = progressOf(host);
  const done = isDone(steps);
  useEffect(() => {
    isWaiting.value = !done;
    return () => {
      isWaiting.value = false;
    };
  }, [done]);
  return (
    <section class="card pad split" aria-labelledby="token-title">
      <div class="stack">
        <div>
          <h2 id="token-title">{isNew ? `Add ${host.name}` : `New token of ${host.name}`}</h2>
          <p class="dim">
            {isNew
              ? `${block === undefined ? 'Three' : 'Two'} steps. This page tells you when its first values arrive.`
              : 'The old token no longer works. This page tells you when values arrive with the new one.'}
          </p>
        </div>
        <ol class="steps">
          <KeepToken token={token} />
          {block === undefined ? (
            <ByHand token={token} server={server} isNew={isNew} />
          ) : (
            <PasteInstall block={block} />
          )}
        </ol>
        {block === undefined ? null : <PasteUnattended block={block} />}
        {isNew && block === undefined ? <UnattendedInstall server={server} /> : null}
      </div>
      <aside class="stack" aria-label="Progress">
        <ProgressList host={host} steps={steps} />
        <button
          type="button"
          class={done ? 'btn go' : 'btn'}
          onClick={() => {
            newToken.value = undefined;
          }}
        >
          {done ? 'Done' : 'Hide the token'}
        </button>
      </aside>
    </section>
  );
}

function KeepToken({ token }: { readonly token: string }): JSX.Element {
  return (
    <li>
      <div>
        <h3>Keep the token</h3>
        <p class="dim">It is shown this once. Lost it? Make a new one; the old one stops working.</p>
        <div class="code token">
          <span>{token}</span>
          <CopyButton text={token} what="the token" />
        </div>
      </div>
    </li>
  );
}

/** Without a repository: the package is brought to the host, or is there already. */
function ByHand({
  token,
  server,
  isNew,
}: Pick<TokenPanelProps, 'token' | 'server'> & { readonly isNew: boolean }): JSX.Element {
  const { serverUrl, serverVersion } = server;
  return (
    <>
      {isNew ? <Install line={installLines(serverUrl, serverVersion).install} /> : <Reconfigure />}
      <Answer serverUrl={serverUrl} token={token} isNew={isNew} />
    </>
  );
}

function Install({ line }: { readonly line: string }): JSX.Element {
  return (
    <li>
      <div>
        <h3>Install the agent</h3>
        <p class="dim">
          Copy its package to the host and run this as root, in the same folder. On an ARM host take the
          package that ends in <code>_arm64.deb</code>.
        </p>
        <Code text={line} what="the line" />
        <p class="faint sm">
          <code>proxmox-monitor-server apt-repo add</code> with the agent’s package makes this one block to
          paste.
        </p>
      </div>
    </li>
  );
}

function Reconfigure(): JSX.Element {
  return (
    <li>
      <div>
        <h3>Tell the agent</h3>
        <p class="dim">Run this on the host as root.</p>
        <Code text="dpkg-reconfigure proxmox-monitor-agent" what="the line" />
      </div>
    </li>
  );
}

interface AnswerProps {
  readonly serverUrl: string;
  readonly token: string;
  readonly isNew: boolean;
}

function Answer({ serverUrl, token, isNew }: AnswerProps): JSX.Element {
  return (
    <li>
      <div>
        <h3>Answer two questions</h3>
        <p class="dim">
          {isNew ? (
            <>
              They are asked during the installation. To change them later:{' '}
              <code>dpkg-reconfigure proxmox-monitor-agent</code>
            </>
          ) : (
            'The address stays; the token is the new one.'
          )}
        </p>
        <dl class="answers">
          <div>
            <dt>Address of the server</dt>
            <dd class="mono">{serverUrl}</dd>
            <CopyButton text={serverUrl} what="the address" />
          </div>
          <div>
            <dt>Token of this host</dt>
            <dd class="mono">{token.slice(0, 16)}…</dd>
            <CopyButton text={token} what="the token" />
          </div>
        </dl>
      </div>
    </li>
  );
}

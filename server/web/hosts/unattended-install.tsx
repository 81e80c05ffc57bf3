import type { JSX } from 'preact';
import { CopyButton } from '../components/copy-button.tsx';
import { CA_FILE, type InstallLines } from './install-lines.ts';

/** For scripts, and for servers with a certificate of their own. */
export function UnattendedInstall({ lines }: { readonly lines: InstallLines }): JSX.Element {
  return (
    <>
      <details>
        <summary>Without questions</summary>
        <div class="stack">
          <p class="dim">Paste this as root. It asks for the token, so that no shell remembers it.</p>
          <div class="code">
            <span>{lines.unattended}</span>
            <CopyButton text={lines.unattended} what="the lines" />
          </div>
        </div>
      </details>
      <details>
        <summary>The server’s certificate is from a private authority</summary>
        <div class="stack">
          <p class="dim">
            Copy the authority’s certificate to the host as <code>{CA_FILE}</code> first. Then{' '}
            <code>dpkg-reconfigure -plow proxmox-monitor-agent</code> asks for the file too; without
            questions, add this line below the token’s:
          </p>
          <div class="code">
            <span>{lines.privateAuthority}</span>
            <CopyButton text={lines.privateAuthority} what="the line" />
          </div>
          <p class="dim">
            Or set it by hand in <code>/etc/proxmox-monitor/agent.toml</code> below <code>[server]</code>:{' '}
            <code>ca_file = "{CA_FILE}"</code>
          </p>
        </div>
      </details>
    </>
  );
}

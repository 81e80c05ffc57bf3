import type { JSX } from 'preact';
import type { RegisteredHosts } from '../../src/api/schema.ts';
import { HOST_AUTHORITY_PATH } from '../../src/installation/host-files.ts';
import { Code } from './code.tsx';
import { authorityLines, installLines } from './install-lines.ts';

interface UnattendedInstallProps {
  readonly server: Pick<RegisteredHosts, 'serverUrl' | 'serverVersion' | 'installation'>;
}

/** For scripts, and for servers with a certificate of their own. */
export function UnattendedInstall({ server }: UnattendedInstallProps): JSX.Element {
  const lines = installLines(server.serverUrl, server.serverVersion);
  const { authorityPem } = server.installation;
  return (
    <>
      <details>
        <summary>Without questions</summary>
        <div class="stack">
          <p class="dim">Paste this as root. It asks for the token, so that no shell remembers it.</p>
          <Code text={lines.unattended} what="the lines" />
        </div>
      </details>
      <details open={authorityPem !== undefined}>
        <summary>The server’s certificate is from a private authority</summary>
        <div class="stack">
          {authorityPem === undefined ? (
            <p class="dim">
              Copy the authority’s certificate to the host as <code>{HOST_AUTHORITY_PATH}</code> first.
            </p>
          ) : (
            <>
              <p class="dim">Paste this first: it puts the authority’s certificate on the host.</p>
              <Code text={authorityLines(authorityPem)} what="the certificate" long />
            </>
          )}
          <p class="dim">
            Then <code>dpkg-reconfigure -plow proxmox-monitor-agent</code> asks for the file too; without
            questions, add this line below the token’s:
          </p>
          <Code text={lines.privateAuthority} what="the line" />
          <p class="dim">
            Or set it by hand in <code>/etc/proxmox-monitor/agent.toml</code> below <code>[server]</code>:{' '}
            <code>ca_file = "{HOST_AUTHORITY_PATH}"</code>
          </p>
        </div>
      </details>
    </>
  );
}

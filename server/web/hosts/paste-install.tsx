import type { JSX } from 'preact';
import { HOST_TOKEN_PATH } from '../../src/installation/host-files.ts';
import type { PasteBlock } from '../../src/installation/paste-block.ts';
import { Code } from './code.tsx';

/** The one step on the host, when the server publishes its agents. */
export function PasteInstall({ block }: { readonly block: PasteBlock }): JSX.Element {
  return (
    <li>
      <div>
        <h3>Paste this on the host</h3>
        <p class="dim">
          As root. It adds this server as a source of packages, installs the agent, asks for the token and
          checks that all works. Upgrades then come with <code>apt upgrade</code>.
        </p>
        <Code text={block.withQuestions} what="the block" long />
      </div>
    </li>
  );
}

/** The same for scripts. */
export function PasteUnattended({ block }: { readonly block: PasteBlock }): JSX.Element {
  return (
    <details>
      <summary>Without questions</summary>
      <div class="stack">
        <p class="dim">
          Takes the token from <code>{HOST_TOKEN_PATH}</code> (mode 600), or asks for it before it begins.
        </p>
        <Code text={block.unattended} what="the block without questions" long />
      </div>
    </details>
  );
}

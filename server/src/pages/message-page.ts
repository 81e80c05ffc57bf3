import { htmlDocument, MARK } from './document.ts';
import { html } from './html.ts';
import type { Manifest } from './web-files.ts';

export interface Message {
  readonly heading: string;
  readonly sentence: string;
  /** A command to type, shown apart. */
  readonly command?: string;
}

/** A page that only says something: nothing there, not allowed, not built. */
export function messagePage(manifest: Manifest | undefined, message: Message): string {
  const command =
    message.command === undefined ? undefined : html`\n<pre class="code">${message.command}</pre>`;
  return htmlDocument({
    title: `${message.heading} · Proxmox Monitor`,
    manifest,
    body: html`<main id="main" class="center">
${MARK}
<section class="card pad stack"><h1>${message.heading}</h1>
<p>${message.sentence}</p>${command}
<p><a class="link" href="/">Go to the fleet</a></p></section>
</main>`,
  });
}

const HEADINGS: ReadonlyMap<number, string> = new Map([
  [400, 'Not understood'],
  [401, 'Not signed in'],
  [403, 'Refused'],
  [404, 'Not found'],
  [413, 'Too large'],
  [415, 'Not understood'],
  [429, 'Too many requests'],
  [503, 'Busy'],
]);

export function errorPage(manifest: Manifest | undefined, status: number, sentence: string): string {
  return messagePage(manifest, { heading: HEADINGS.get(status) ?? 'Something failed', sentence });
}

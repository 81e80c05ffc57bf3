import { type Html, html } from './html.ts';
import type { Manifest } from './web-files.ts';

export interface DocumentParts {
  readonly title: string;
  /** Undefined while the dashboard is not built: then the page comes without style. */
  readonly manifest: Manifest | undefined;
  /** Whether the page starts the dashboard. */
  readonly application?: boolean;
  readonly body: Html;
}

/** A whole page. Nothing in it is inline, so that the content policy can forbid inline code and style. */
export function htmlDocument(parts: DocumentParts): string {
  const { manifest } = parts;
  const application =
    parts.application === true && manifest !== undefined
      ? html`\n<script type="module" src="/${manifest['main.js']}"></script>`
      : undefined;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${parts.title}</title>
<link rel="icon" href="${ICON}">${manifest === undefined ? undefined : styleAndTheme(manifest)}${application}
</head>
<body>
${parts.body}
</body>
</html>
`.text;
}

/** The theme's script comes first and blocks: the page is never painted in the wrong colours. */
function styleAndTheme(manifest: Manifest): Html {
  return html`
<script src="/${manifest['theme.js']}"></script>
<link rel="stylesheet" href="/${manifest['app.css']}">`;
}

const STROKE = 'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><rect width="22" height="22" rx="5" fill="#1b1f27"/>' +
    `<path d="M5 7.2h12M5 11h2.5l1.5-2 2 4.5 1.6-2.5H17M5 15.4h12" fill="none" stroke="#fff" ${STROKE}/></svg>`,
)}`;

/** The product's mark and name, above the forms of pages without the dashboard. */
export const MARK = html`<div class="mark"><svg viewBox="0 0 22 22" fill="none" aria-hidden="true"><rect x=".75" y=".75" width="20.5" height="20.5" rx="5" stroke="currentColor" stroke-width="1.5"/><path d="M5 7.2h12M5 11h2.5l1.5-2 2 4.5 1.6-2.5H17M5 15.4h12" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>Proxmox Monitor</div>`;

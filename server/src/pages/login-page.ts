import { htmlDocument, MARK } from './document.ts';
import { type Html, html } from './html.ts';
import type { Manifest } from './web-files.ts';

export interface LoginPage {
  readonly manifest: Manifest | undefined;
  readonly passwordIsSet: boolean;
  /** Where to go afterwards: a local path. */
  readonly next: string;
  /** What was wrong with the try before. */
  readonly problem?: string;
  readonly publicHost: string | undefined;
}

/** The login. Works without JavaScript and without the dashboard's files. */
export function loginPage(page: LoginPage): string {
  const footer =
    page.publicHost === undefined ? undefined : html`\n<p class="faint sm">${page.publicHost}</p>`;
  return htmlDocument({
    title: 'Sign in · Proxmox Monitor',
    manifest: page.manifest,
    body: html`<main id="main" class="center login">
${MARK}
${page.passwordIsSet ? form(page) : NO_PASSWORD}${footer}
</main>`,
  });
}

function form(page: LoginPage): Html {
  const described =
    page.problem === undefined ? undefined : html` aria-describedby="problem" aria-invalid="true"`;
  return html`<form class="card pad stack" method="post" action="/login">
<h1 class="vh">Sign in</h1>
<input type="hidden" name="next" value="${page.next}">
<input type="text" name="username" value="dashboard" autocomplete="username" readonly hidden>
<label class="field"><span>Password</span><input type="password" name="password" autocomplete="current-password" required autofocus${described}></label>${problem(page)}
<button class="btn go" type="submit">Sign in</button>
</form>`;
}

function problem(page: LoginPage): Html | undefined {
  if (page.problem === undefined) return undefined;
  return html`
<div class="note" data-s="crit" id="problem" role="alert"><span class="g" data-s="crit"><svg class="ic" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5zM4.9 6L6.9 8l-2 2L6 11.1l2-2 2 2L11.1 10l-2-2 2-2L10 4.9l-2 2-2-2z"/></svg></span><p>${page.problem}</p></div>`;
}

const NO_PASSWORD = html`<section class="card pad stack">
<h1>No password yet</h1>
<p>Set one on the server, as root:</p>
<pre class="code">proxmox-monitor-server set-password</pre>
<p><a class="link" href="/login">Then sign in</a></p>
</section>`;

/** "4 tries left before a pause of one minute." */
export function wrongPassword(triesLeft: number, pauseMs: number): string {
  if (triesLeft === 0) return `The password is wrong. The next try is possible in ${duration(pauseMs)}.`;
  const tries = triesLeft === 1 ? '1 try' : `${triesLeft} tries`;
  return `The password is wrong. ${tries} left before a pause of one minute.`;
}

export function pausedLogin(pauseMs: number): string {
  return `Too many wrong passwords. The next try is possible in ${duration(pauseMs)}.`;
}

/** "40 s", "1 min", "2 min 5 s": rounded up, so that waiting so long is enough. */
function duration(milliseconds: number): string {
  const all = Math.max(1, Math.ceil(milliseconds / 1000));
  const minutes = Math.floor(all / 60);
  const seconds = all % 60;
  if (minutes === 0) return `${seconds} s`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

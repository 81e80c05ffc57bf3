export type PageName = 'fleet' | 'host' | 'hosts' | 'login';

/** The shell that the server would send. */
export function previewPage(
  page: PageName,
  manifest: Readonly<Record<string, string>>,
  initial: unknown,
): string {
  const json = JSON.stringify(initial).replaceAll('<', '\\u003c');
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Proxmox Monitor</title>
<link rel="icon" href="data:,">
<script src="/${manifest['theme.js']}"></script>
<link rel="stylesheet" href="/${manifest['app.css']}">
`;
  if (page === 'login') return `${head}</head>\n<body>\n${LOGIN}\n</body>\n</html>\n`;
  return `${head}<script type="module" src="/${manifest['main.js']}"></script>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="initial">${json}</script>
</body>
</html>
`;
}

const LOGIN = `<main id="main" class="center login">
<div class="mark"><svg viewBox="0 0 22 22" fill="none" aria-hidden="true"><rect x=".75" y=".75" width="20.5" height="20.5" rx="5" stroke="currentColor" stroke-width="1.5"/><path d="M5 7.2h12M5 11h2.5l1.5-2 2 4.5 1.6-2.5H17M5 15.4h12" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>Proxmox Monitor</div>
<form class="card pad stack" method="post" action="/login"><h1 class="vh">Sign in</h1>
<label class="field"><span>Password</span><input type="password" name="password" autocomplete="current-password" aria-describedby="problem" aria-invalid="true"></label>
<div class="note" data-s="crit" id="problem" role="alert"><span class="g" data-s="crit"><svg class="ic" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5zM4.9 6L6.9 8l-2 2L6 11.1l2-2 2 2L11.1 10l-2-2 2-2L10 4.9l-2 2-2-2z"/></svg></span><p>The password is wrong. 4 tries left before a pause of one minute.</p></div>
<button class="btn go" type="submit">Sign in</button></form>
<p class="faint sm">monitor.example.net</p>
</main>`;

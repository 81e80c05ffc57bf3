/** Logs in as a browser would, to see when the host is there. */
export async function logIn(url: string, password: string): Promise<string> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { origin: url },
    body: new URLSearchParams({ password }),
    redirect: 'manual',
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (response.status !== 303 || cookie === undefined) throw new Error(`login: status ${response.status}`);
  return cookie;
}

export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** True once a sample of the host is on the dashboard. */
export async function isLive(url: string, cookie: string, host: string): Promise<boolean> {
  const response = await fetch(`${url}/api/v1/hosts/${encodeURIComponent(host)}`, { headers: { cookie } });
  const detail: unknown = await response.json();
  const summary =
    typeof detail === 'object' && detail !== null && 'summary' in detail ? detail.summary : undefined;
  return typeof summary === 'object' && summary !== null && 'lastSeenAtMs' in summary;
}

/**
 * Where to go after the login: a path on this server, or `/`. Anything that a browser could take for an
 * address elsewhere (`//host`, `/\host`, `https:…`, with tabs in between, …) becomes `/`.
 */
export function localPath(text: unknown): string {
  if (typeof text !== 'string' || !text.startsWith('/') || text.length > 1_000) return '/';
  const base = 'http://this.invalid';
  if (!URL.canParse(text, base)) return '/';
  const url = new URL(text, base);
  // the normalised path is what is sent; it can begin with two slashes again ("/.//host")
  if (url.origin !== base || /^\/[/\\]/.test(url.pathname)) return '/';
  return url.pathname === '/login' ? '/' : `${url.pathname}${url.search}`;
}

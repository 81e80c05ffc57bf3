/**
 * An address that the router can decode, for it answers others by itself, without the security headers: one
 * with a broken `%` leads to where nothing is.
 */
export function routableUrl(url: string): string {
  const [path = ''] = url.split('?', 1);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.startsWith('/api/') ? '/api/invalid-address' : '/invalid-address';
  }
}

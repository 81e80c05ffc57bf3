/** Address of a host's page. */
export function hostPath(name: string): string {
  return `/hosts/${encodeURIComponent(name)}`;
}

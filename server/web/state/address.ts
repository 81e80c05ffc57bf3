/** A value that lives in the page's address, so that a link shows the same. */
export function readParameter(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Undefined takes it out: an address has only what differs from the usual. */
export function writeParameter(name: string, value: string | undefined): void {
  const url = new URL(location.href);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(history.state, '', url);
}

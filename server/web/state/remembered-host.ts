const KEY = 'add-host';

/** Keeps a name from the first start until the page of hosts has it. Other sites cannot write here. */
export function rememberHost(name: string): void {
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // storage is blocked: the name is in the address too, and the button is pressed once more
    return;
  }
}

/** The name, once. */
export function takeRememberedHost(): string | undefined {
  try {
    const name = sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.removeItem(KEY);
    return name;
  } catch {
    return undefined;
  }
}

/** A name under which no host can be registered. */
export class HostNameError extends Error {
  override readonly name = 'HostNameError';

  constructor(name: string) {
    super(
      `${JSON.stringify(name)} is not a name for a host: 1 to 63 letters, digits, dots, hyphens and ` +
        'underscores, beginning and ending with a letter or a digit',
    );
  }
}

/** The name is taken. */
export class HostExistsError extends Error {
  override readonly name = 'HostExistsError';

  constructor(name: string) {
    super(`a host named ${name} is registered already: take another name, or give it a new token`);
  }
}

/** No host has this name. */
export class HostUnknownError extends Error {
  override readonly name = 'HostUnknownError';

  constructor(name: string) {
    super(`no host is registered as ${JSON.stringify(name)}; list-hosts shows the names`);
  }
}

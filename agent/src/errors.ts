/** Text from the host that does not have the form that its format promises. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
}

/** An external program is not installed. The message says which package brings it. */
export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';
}

/** An external program ended with an error. */
export class ToolFailedError extends Error {
  override readonly name = 'ToolFailedError';
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(message: string, exitCode: number | undefined, stderr: string) {
    super(message);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** A source did not answer in time. It may answer later; until then nobody asks it again. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The configuration cannot be used. The message names the file, the place and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

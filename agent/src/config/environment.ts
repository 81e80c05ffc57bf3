/** What the surroundings say. Nothing else of the agent reads environment variables. */
export interface Environment {
  /** Where systemd leaves what `LoadCredential=` names. */
  readonly credentialsFolder: string | undefined;
  /** Where systemd lets the service keep things: `StateDirectory=`. */
  readonly stateFolder: string | undefined;
  /** Whether systemd reads what is printed, so that lines carry their priority. */
  readonly underSystemd: boolean;
}

/** What systemd makes of `StateDirectory=` in the service's unit. */
export const DEFAULT_STATE_FOLDER = '/var/lib/proxmox-monitor-agent';

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const present = (name: string): boolean => (variables[name] ?? '') !== '';
  return {
    credentialsFolder: present('CREDENTIALS_DIRECTORY') ? variables['CREDENTIALS_DIRECTORY'] : undefined,
    stateFolder: present('STATE_DIRECTORY') ? variables['STATE_DIRECTORY']?.split(':')[0] : undefined,
    underSystemd: present('JOURNAL_STREAM') || present('INVOCATION_ID'),
  };
}

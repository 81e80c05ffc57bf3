import { debianVersion } from '../../src/apt-repository/debian-version.ts';
import { HOST_AUTHORITY_PATH } from '../../src/installation/host-files.ts';

/** Lines to paste on a new host. A token is never part of them: shells remember what they were told. */
export interface InstallLines {
  readonly install: string;
  /** The same without questions, for scripts; it asks for the token on the terminal. */
  readonly unattended: string;
  /** One more answer, for servers whose certificate a private authority signed. */
  readonly privateAuthority: string;
}

const PACKAGE = 'proxmox-monitor-agent';

export function installLines(serverUrl: string, version: string): InstallLines {
  const file = `./${PACKAGE}_${debianVersion(version)}_amd64.deb`;
  const install = `apt install ${file}`;
  return {
    install,
    // braces: the shell reads all of it before `read` asks, so that `read` does not take the next line
    unattended: `{
  read -rsp 'Token of this host: ' token; echo
  debconf-set-selections <<END
${PACKAGE} ${PACKAGE}/url string ${serverUrl}
${PACKAGE} ${PACKAGE}/token password $token
END
  unset token
  DEBIAN_FRONTEND=noninteractive apt-get install -y ${file}
}`,
    privateAuthority: `${PACKAGE} ${PACKAGE}/ca-file string ${HOST_AUTHORITY_PATH}`,
  };
}

/** Puts the certificate of the server's authority on the host. */
export function authorityLines(pem: string): string {
  return `mkdir -p /etc/proxmox-monitor
cat > ${HOST_AUTHORITY_PATH} <<'END'
${pem.trimEnd()}
END`;
}

import type { Container } from '../../bed/container.ts';
import { expectThat } from '../../expectations.ts';

const FOLDER = '/run/secret-watch';
const SCRIPT = `
while [ ! -e ${FOLDER}/stop ]; do
  grep --files-with-matches --binary-files=text --fixed-strings --file=${FOLDER}/secrets \\
    /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null |
    while read -r file; do
      printf '%s of %s\\n' "\${file##*/}" "$(tr '\\0' ' ' <"\${file%/*}/cmdline" | cut -c 1-100)"
    done
  sleep 0.02
done | sort --unique`;

/** Looks over everybody's shoulder: secrets in command lines and environments of what runs meanwhile. */
export class SecretWatch {
  readonly #container: Container;
  readonly #sightings: Promise<string>;

  private constructor(container: Container, sightings: Promise<string>) {
    this.#container = container;
    this.#sightings = sightings;
  }

  static async start(container: Container, secrets: readonly string[]): Promise<SecretWatch> {
    await container.run(`mkdir -p -m 0700 ${FOLDER} && rm -f ${FOLDER}/stop`);
    await container.write(`${FOLDER}/secrets`, `${secrets.join('\n')}\n`);
    const sightings = container.attempt(SCRIPT).then(({ stdout }) => stdout.trim());
    return new SecretWatch(container, sightings);
  }

  /** Ends it. @returns where secrets were seen, a line for each; empty when nowhere */
  async stop(): Promise<string> {
    await this.#container.run(`touch ${FOLDER}/stop`);
    return this.#sightings;
  }
}

/** Marks the time from which on `expectNowhere` looks at files. */
export async function beginOfSecrets(container: Container): Promise<void> {
  await container.run('touch /var/begin-of-secrets');
}

/** No file that was written since, and not the journal with all its fields, has one of the secrets in it. */
export async function isNowhere(container: Container, secrets: readonly string[]): Promise<boolean> {
  return (await whereAre(container, secrets)).length === 0;
}

/** The same as an expectation, except for files that are `allowed` and that others must not read. */
export async function expectNowhere(
  container: Container,
  secrets: readonly string[],
  allowed: readonly string[] = [],
): Promise<void> {
  const found = (await whereAre(container, secrets)).filter((place) => !allowed.includes(place));
  expectThat(found.length === 0, `secrets are in:\n${found.join('\n')}`);
  for (const file of allowed) {
    const mode = await container.run(`test ! -e '${file}' || stat --format '%U %a' '${file}'`);
    expectThat(mode === '' || mode === 'root 600', `${file} is for others too: ${mode}`);
  }
}

async function whereAre(container: Container, secrets: readonly string[]): Promise<string[]> {
  await container.run(`mkdir -p -m 0700 ${FOLDER}`);
  await container.write(`${FOLDER}/secrets`, `${secrets.join('\n')}\n`);
  const { stdout } = await container.attempt(
    `find / /run /tmp -xdev -path ${FOLDER} -prune -o -type f -newer /var/begin-of-secrets -print0 |
       xargs -0 grep --files-with-matches --binary-files=text --fixed-strings --file=${FOLDER}/secrets | sort --unique
     journalctl --no-pager --output verbose | grep --fixed-strings --file=${FOLDER}/secrets | sed 's/^/journal: /'`,
  );
  return stdout.split('\n').filter((line) => line !== '');
}

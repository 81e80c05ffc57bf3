import { join } from 'node:path';
import { formatToken } from '@proxmox-monitor/protocol';
import type { Container } from '../../bed/container.ts';
import { eventually, expectThat } from '../../expectations.ts';
import { Terminal } from '../../terminal.ts';
import type { PathContext } from './path.ts';

export const SERVER_ADDRESS = 'http://127.0.0.1:4000';

/** Well formed, and known to no server. Each letter makes another one. */
export function someToken(letter: string): string {
  return formatToken(letter.repeat(12), letter.repeat(43));
}

/** Opens a terminal in which a person types a command. */
export function sitDown(
  { output, suite }: PathContext,
  container: Container,
  name: string,
  command: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  return Terminal.open(container, name, command, { environment, pictures: join(output, 'terminal', suite) });
}

/** Waits until the command has ended well; returns all that was on the screen. */
export async function endsWell(terminal: Terminal): Promise<string> {
  await terminal.sees(/ended with \d+/);
  const everything = await terminal.everything();
  expectThat(/ended with 0/.test(everything), `it did not end well:\n${everything}`);
  await terminal.close();
  return everything;
}

export async function serverReady(container: Container): Promise<void> {
  await eventually('the server says that it is ready', 30_000, () =>
    container.succeeds(`curl --silent --fail ${SERVER_ADDRESS}/readyz`),
  );
}

/** Signs in as a browser does. @returns the session's cookie; undefined when the password is refused */
export async function signIn(container: Container, password: string): Promise<string | undefined> {
  const headers = await container.run(
    `curl --silent --dump-header - --output /dev/null --header 'Sec-Fetch-Site: same-origin' --data-urlencode password@- ${SERVER_ADDRESS}/login`,
    { input: password },
  );
  expectThat(/^HTTP\S* (303|401)/.test(headers), `POST /login was answered with:\n${headers}`);
  return /^set-cookie: ([^;]+)/im.exec(headers)?.[1];
}

export async function expectSignIn(container: Container, password: string): Promise<string> {
  const cookie = await signIn(container, password);
  if (cookie === undefined) throw new Error('the password is refused');
  return cookie;
}

/** The answer to a question of the API that needs a login. */
export function askFleet(container: Container, cookie: string): Promise<string> {
  return container.run(
    `curl --silent --output /dev/null --write-out '%{http_code}' --header 'Cookie: ${cookie}' ${SERVER_ADDRESS}/api/v1/fleet`,
  );
}

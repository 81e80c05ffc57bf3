import { basename, dirname } from 'node:path';
import type { CommandOptions } from './bed/command.ts';
import type { Container } from './bed/container.ts';
import { AUTHORITY_FILE } from './stage.ts';

/** A system in which commands are run as root: a container or a virtual machine. */
export interface Guest {
  run(script: string, options?: CommandOptions): Promise<string>;
  push(file: string, target: string): Promise<void>;
}

/** An answer given before the question: name in the templates, type, value. */
export type Answer = readonly [question: string, type: 'string' | 'password', value: string];

/** Answers the questions of `packageName` before they are asked. By standard input: no value shows in a list of processes. */
export async function preseed(guest: Guest, packageName: string, answers: readonly Answer[]): Promise<void> {
  const lines = answers.map(
    ([question, type, value]) => `${packageName} ${packageName}/${question} ${type} ${value}\n`,
  );
  await guest.run('debconf-set-selections', { input: lines.join('') });
}

export async function pushPackage(guest: Guest, deb: string): Promise<string> {
  const target = `/root/${basename(deb)}`;
  await guest.push(deb, target);
  return target;
}

/** `apt install ./package.deb`, as an administrator without a terminal would type it. Returns what apt printed. */
export function aptInstall(guest: Guest, target: string): Promise<string> {
  return guest.run(
    `DEBIAN_FRONTEND=noninteractive apt-get install -y '.${target.replace('/root', '')}' 2>&1`,
  );
}

export function reconfigure(container: Container, packageName: string): Promise<string> {
  return container.run(`DEBIAN_FRONTEND=noninteractive dpkg-reconfigure '${packageName}' 2>&1`);
}

/** Puts the certificate of the server's authority where agents are told to look for it. */
export async function trustAuthority(host: Container, certificate: string): Promise<void> {
  await host.run(`mkdir -p '${dirname(AUTHORITY_FILE)}'`);
  await host.push(certificate, AUTHORITY_FILE);
}

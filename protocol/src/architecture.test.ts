import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|node_modules|\/(preview|testing)\//.test(name))
    .filter((name) => statSync(join(ROOT, name)).isFile());
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** Imports of a folder's sources that `allowed` does not let pass, as "file -> import". */
function strangers(folder: string, allowed: (name: string, file: string) => boolean): string[] {
  return sources(folder).flatMap((file) =>
    importsOf(file)
      .filter((name) => !allowed(name, file))
      .map((name) => `${file} -> ${name}`),
  );
}

const leaves = (folder: string, name: string, file: string): boolean =>
  name.startsWith('.') && !join(file, '..', name).startsWith(folder) && !name.endsWith('/package.json');

test('protocol knows its schema library and nothing else, not even Node', () => {
  const allowed = (name: string, file: string): boolean =>
    name.startsWith('.') ? !leaves('protocol/src', name, file) : /^typebox(\/|$)/.test(name);
  expect(strangers('protocol/src', allowed)).toEqual([]);
});

test('the agent knows the protocol, its three libraries and Node, and nothing of the server', () => {
  const allowed = (name: string, file: string): boolean =>
    name.startsWith('.')
      ? !leaves('agent/src', name, file)
      : /^(node:.+|@proxmox-monitor\/protocol|ws|smol-toml|commander|typebox)$/.test(name);
  expect(strangers('agent/src', allowed)).toEqual([]);
});

test('the server knows the protocol and nothing of the agent or of its own dashboard', () => {
  const allowed = (name: string, file: string): boolean =>
    !leaves('server/src', name, file) && !name.startsWith('@proxmox-monitor/agent');
  expect(strangers('server/src', allowed)).toEqual([]);
});

/**
 * What the dashboard shows and the command line prints alike, which version is newer, words, and how well one thing is,
 * which the problems are made of and its row shows: made of nothing of Node.
 */
const SHARED_WITH_WEB = [
  'server/src/apt-repository/debian-version.ts',
  'server/src/fleet/findings/array-state.ts',
  'server/src/fleet/findings/backup-state.ts',
  'server/src/fleet/findings/ceph-severity.ts',
  'server/src/fleet/findings/certificate-state.ts',
  'server/src/fleet/findings/disk-verdict.ts',
  'server/src/fleet/findings/guest-state.ts',
  'server/src/fleet/findings/of-helper.ts',
  'server/src/fleet/findings/replication-severity.ts',
  'server/src/fleet/findings/sensor-readings.ts',
  'server/src/words/duration.ts',
  'server/src/words/isolated.ts',
  'server/src/words/number.ts',
  'server/src/words/percent.ts',
  'server/src/words/source-label.ts',
  'server/src/installation/host-files.ts',
  'server/src/installation/paste-block.ts',
];

test('the dashboard takes nothing but types and pure values of the API, and shared text, from the server', () => {
  const allowed = (name: string, file: string): boolean => {
    const target = join(file, '..', name);
    return (
      !leaves('server/web', name, file) ||
      target.startsWith('server/src/api/') ||
      SHARED_WITH_WEB.includes(target)
    );
  };
  expect(strangers('server/web', allowed)).toEqual([]);
});

function takesValuesOf(name: string, file: string): boolean {
  return new RegExp(`^import (?!type )[^;]*'${name}'`, 'm').test(readFileSync(join(ROOT, file), 'utf8'));
}

test.each(SHARED_WITH_WEB)(
  '%s, which the dashboard shares, takes nothing but types and shared text itself',
  (file) => {
    const strange = importsOf(file).filter((name) => {
      const target = join(file, '..', name);
      const isOfProtocol = name === '@proxmox-monitor/protocol' && !takesValuesOf(name, file);
      return !isOfProtocol && !target.startsWith('server/src/api/') && !SHARED_WITH_WEB.includes(target);
    });
    expect(strange).toEqual([]);
  },
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS } from '../../agent/src/programs.ts';
import { REPOSITORY } from './paths.ts';

const PAGE = readFileSync(join(REPOSITORY, 'docs/security.md'), 'utf8');
const unit = (name: string): string => readFileSync(join(REPOSITORY, 'debian', name), 'utf8');
const HELPER = unit('proxmox-monitor-agent.proxmox-monitor-agent-helper.service');
const AGENT = unit('proxmox-monitor-agent.service');

/** The part of the page below a heading. */
function section(heading: string): string {
  const from = PAGE.indexOf(`\n## ${heading}\n`);
  const to = PAGE.indexOf('\n## ', from + 1);
  if (from < 0) throw new Error(`docs/security.md has no part "${heading}"`);
  return PAGE.slice(from, to < 0 ? undefined : to);
}

function valuesOf(text: string, directive: string): string[] {
  return [...text.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].flatMap(([, value]) =>
    (value ?? '').split(' ').filter((word) => word !== ''),
  );
}

test('the page names every program that agent and helper may run, and no other', () => {
  const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(new Set(rows)).toEqual(new Set(Object.keys(PROGRAMS)));
});

test('capabilities are those of the units', () => {
  expect(valuesOf(AGENT, 'CapabilityBoundingSet')).toEqual([]);
  const told = section('The helper').match(/`CAP_\w+` \(/g) ?? [];
  expect(new Set(told.map((text) => text.slice(1, -3)))).toEqual(
    new Set(valuesOf(HELPER, 'CapabilityBoundingSet')),
  );
});

test('folders, groups and the way out are those of the units', () => {
  const agent = section('The agent');
  expect(valuesOf(AGENT, 'SupplementaryGroups')).toEqual(['www-data']);
  expect(agent).toContain(`/var/lib/${valuesOf(AGENT, 'StateDirectory').join()}`);
  const helper = section('The helper');
  expect(helper).toContain(`/run/${valuesOf(HELPER, 'RuntimeDirectory').join()}`);
  expect(helper).toContain(`/var/lib/${valuesOf(HELPER, 'StateDirectory').join()}`);
  expect(valuesOf(HELPER, 'PrivateNetwork')).toEqual(['yes']);
  expect(valuesOf(HELPER, 'RestrictAddressFamilies')).toEqual(['AF_UNIX']);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../errors.ts';
import { mutate, seeded, seedOf } from '../testing/mutation.ts';
import { AptSimulation } from './apt-simulation.ts';

const DEBIAN_12 = readFileSync(
  join(import.meta.dirname, '../../fixtures/upkeep/debian12-apt-get-simulate.txt'),
  'utf8',
);

function parse(text: string): ReturnType<AptSimulation['end']> {
  const simulation = new AptSimulation();
  for (const line of text.split('\n')) simulation.take(line);
  return simulation.end();
}

describe('what apt-get would install', () => {
  test('is told with security first, each with the version that it replaces', () => {
    const { count, securityCount, packages } = parse(DEBIAN_12);
    expect({ count, securityCount }).toEqual({ count: 8, securityCount: 6 });
    expect(packages.map(({ name }) => name)).toEqual([
      'libexpat1',
      'libexpat1-dev',
      'libssl-dev',
      'libssl3',
      'openssl',
      'tzdata',
      'cowsay',
      'libtext-charwidth-perl',
    ]);
    expect(packages[5]).toEqual({
      name: 'tzdata',
      version: '2026f-0+deb12u1',
      installedVersion: '2025b-0+deb12u2',
      isSecurity: true,
    });
    expect(packages[6]).toEqual({ name: 'cowsay', version: '3.03+dfsg2-8', isSecurity: false });
  });

  test("of Proxmox's own packages is no security update", () => {
    const line = 'Inst pve-manager [8.4.1] (8.4.14 Proxmox Virtual Environment:stable [all])';
    expect(parse(`1 upgraded, 0 newly installed, 0 to remove\n${line}\n`)).toEqual({
      count: 1,
      securityCount: 0,
      packages: [{ name: 'pve-manager', version: '8.4.14', installedVersion: '8.4.1', isSecurity: false }],
    });
  });

  test('is nothing on a host that is up to date', () => {
    expect(parse('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n').count).toBe(0);
  });

  test('is not known when it ended in the middle, or before', () => {
    expect(() => parse('Reading package lists...\n')).toThrow(ParseError);
    expect(() => parse(DEBIAN_12.slice(0, DEBIAN_12.indexOf('Inst openssl')))).toThrow(ParseError);
  });

  test('gives a list or a clear error when it is damaged, and soon', () => {
    const random = seeded(seedOf('apt'));
    for (let round = 0; round < 400; round += 1) {
      const text = mutate(DEBIAN_12, random);
      const begin = performance.now();
      try {
        const { count, packages, securityCount } = parse(text);
        expect(packages.length).toBe(count);
        expect(securityCount).toBeLessThanOrEqual(count);
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
      }
      expect(performance.now() - begin).toBeLessThan(50);
    }
  });
});

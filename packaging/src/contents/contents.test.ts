import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { thisMachine } from '../architectures.ts';
import { bundleAgent } from '../bundle-agent.ts';
import { bundleServer } from '../bundle-server.ts';
import { NODE_MODULES } from '../paths.ts';
import { findRuntime } from '../runtime.ts';
import { NATIVE_PACKAGES } from '../server-payload.ts';
import { WEB_PACKAGES } from '../web-files.ts';
import { type Component, label } from './component.ts';
import { makeCopyright } from './copyright.ts';
import { nativeComponents } from './native-components.ts';
import { nodeComponents } from './node-components.ts';
import { bundledFolders, readNpmComponents } from './npm-components.ts';
import { makeSbom } from './sbom.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const SUBJECT = {
  name: 'proxmox-monitor-server',
  version: '1.2.3~rc.1',
  architecture: 'amd64',
  description: 'a test',
  epochSeconds: 1_700_000_000,
};

/** As `readContents` does it, with the Node and the modules that run these tests. */
async function contents(): Promise<Readonly<Record<'agent' | 'server', readonly Component[]>>> {
  const node = await nodeComponents(await findRuntime(thisMachine()), versionsHere());
  const modules = [...NATIVE_PACKAGES, ...WEB_PACKAGES].map((name) => `node_modules/${name}`);
  const server = [...bundledFolders((await bundleServer()).metafile), ...modules];
  const agent = bundledFolders((await bundleAgent()).metafile);
  return {
    agent: [...node, ...(await readNpmComponents(agent))],
    server: [
      ...node,
      ...(await nativeComponents('3.0.0')),
      ...(await readNpmComponents([...new Set(server)])),
    ],
  };
}

function versionsHere(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.versions).map(([name, version]) => [name, version ?? '']));
}

const SCHEMAS = join(NODE_MODULES, '@cyclonedx/cyclonedx-library/res/schema');

/** What the schema of CycloneDX finds wrong. */
function problems(sbom: string): unknown[] {
  const schema = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  formats.default(ajv);
  // formats of newer drafts that ajv-formats has not: links, which are not used here
  for (const name of ['iri-reference', 'idn-email']) ajv.addFormat(name, true);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema('bom-1.6'));
  validate(JSON.parse(sbom));
  return validate.errors ?? [];
}

test('every bundled component is in the bill of materials, in copyright and among the licences', async () => {
  for (const components of Object.values(await contents())) {
    const sbom: unknown = JSON.parse(makeSbom(SUBJECT, components));
    const copyright = await makeCopyright(SUBJECT.name, components);
    const licenses = await thirdPartyLicenses('a test', components);
    expect(sbom).toMatchObject({ components: components.map(({ name }) => ({ name })) });
    for (const component of components) {
      expect(copyright).toContain(`Comment: ${label(component)}`);
      expect(licenses).toContain(`  ${label(component)}: ${component.license}`);
    }
  }
});

test('everything that the bundlers took from npm is among the components', async () => {
  const { agent, server } = await contents();
  const folders = bundledFolders((await bundleServer()).metafile);
  const names = folders.map((folder) => folder.replace(/^.*node_modules\//, ''));
  expect(server.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect(agent.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Node.js', 'OpenSSL', 'ws', 'typebox', 'smol-toml', 'commander']),
  );
  expect(server.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Node.js', 'V8', 'SQLite', 'Argon2 reference implementation', 'preact', 'uplot']),
  );
});

test('every component names its licence and who holds the copyright, and npm packages their digest', async () => {
  for (const component of Object.values(await contents()).flat()) {
    expect(component.license, component.name).toMatch(/^[\w.-]+( OR [\w.-]+)*$/);
    expect(component.copyright.length, component.name).toBeGreaterThan(0);
    if (component.folder !== undefined)
      expect(component.hashes?.['SHA-512'], component.name).toMatch(/^[0-9a-f]{128}$/);
  }
});

test('a Node that contains something new is not packed before its licence is known', async () => {
  const runtime = await findRuntime(thisMachine());
  const versions = versionsHere();
  await expect(nodeComponents(runtime, { ...versions, quantum: '1.0' })).rejects.toThrow(
    /quantum.*node-parts/s,
  );
  await expect(nodeComponents(runtime, { ...versions, openssl: '' })).rejects.toThrow('gone are openssl');
});

test('the bill of materials is valid CycloneDX 1.6', async () => {
  const { agent, server } = await contents();
  for (const components of [agent, server]) {
    expect(problems(makeSbom(SUBJECT, components))).toEqual([]);
  }
  expect(problems(makeSbom(SUBJECT, agent).replace('"library"', '"libary"'))).not.toEqual([]);
});

test('the same contents make the same bill of materials, and other contents another number', async () => {
  const { agent } = await contents();
  const serial = (text: string): string | undefined => /"serialNumber": "(.+)"/.exec(text)?.[1];
  const first = makeSbom(SUBJECT, agent);
  expect(makeSbom(SUBJECT, agent)).toBe(first);
  expect(serial(makeSbom(SUBJECT, agent.slice(1)))).not.toBe(serial(first));
  expect(first).toContain('"timestamp": "2023-11-14T22:13:20.000Z"');
});

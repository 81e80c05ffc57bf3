import { createHash } from 'node:crypto';
import { type Component, label } from './component.ts';

/** The Debian package that a bill of materials is about. */
export interface Subject {
  readonly name: string;
  /** As Debian writes it. */
  readonly version: string;
  readonly architecture: string;
  readonly description: string;
  /** Seconds since 1970 that count as its time, as in SOURCE_DATE_EPOCH. */
  readonly epochSeconds: number;
}

/**
 * A CycloneDX 1.6 bill of materials. The same contents give the same text: its number comes from them, and its time
 * is that of the release.
 */
export function makeSbom(subject: Subject, components: readonly Component[]): string {
  const { name, version, architecture, description, epochSeconds } = subject;
  const purl = `pkg:deb/proxmox-monitor/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
  const root = {
    type: 'application',
    'bom-ref': purl,
    name,
    version,
    description,
    licenses: [{ license: { id: 'MIT' } }],
    purl,
  };
  const content = {
    metadata: {
      timestamp: new Date(epochSeconds * 1000).toISOString(),
      supplier: { name: 'Proxmox Monitor developers' },
      component: root,
    },
    components: components.map(entry),
    dependencies: [
      {
        ref: purl,
        dependsOn: components
          .filter(({ within }) => within === undefined)
          .map(reference)
          .sort(),
      },
      ...components.map((component) => ({
        ref: reference(component),
        dependsOn: dependencies(component, components),
      })),
    ],
  };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid(digest)}`,
    version: 1,
    ...content,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A UUID of version 8, "custom", from a digest. */
function uuid(digest: string): string {
  const part = (from: number, to: number): string => digest.slice(from, to);
  return [part(0, 8), part(8, 12), `8${part(13, 16)}`, `8${part(17, 20)}`, part(20, 32)].join('-');
}

function entry(component: Component): object {
  const { name, version, license, copyright, purl, cpe, hashes, isData } = component;
  return {
    type: isData === true ? 'data' : 'library',
    'bom-ref': reference(component),
    name,
    ...(version === undefined ? {} : { version }),
    ...(hashes === undefined
      ? {}
      : { hashes: Object.entries(hashes).map(([alg, content]) => ({ alg, content })) }),
    licenses: [licenseEntry(license)],
    copyright: copyright.join('\n'),
    ...(cpe === undefined ? {} : { cpe }),
    ...(purl === undefined ? {} : { purl }),
  };
}

function licenseEntry(license: string): object {
  if (license.startsWith('LicenseRef-'))
    return { license: { name: license.slice('LicenseRef-'.length).replaceAll('-', ' ') } };
  return / (OR|AND) /.test(license) ? { expression: license } : { license: { id: license } };
}

function reference({ name, version }: Component): string {
  return version === undefined ? name : `${name}@${version}`;
}

function dependencies({ name, uses = [] }: Component, all: readonly Component[]): string[] {
  const found = all.filter((other) => other.within === name || uses.includes(label(other)));
  return found.map(reference).sort();
}

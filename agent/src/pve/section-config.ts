import { ParseError } from '../errors.ts';

/** One section: `type: id`, and under it indented properties. */
export interface Section {
  readonly type: string;
  readonly id: string;
  /** A property without a value is a switch: ''. */
  readonly properties: ReadonlyMap<string, string>;
}

/**
 * Parses a section configuration file of Proxmox, such as storage.cfg, jobs.cfg and replication.cfg.
 * Format: PVE::SectionConfig of pve-common.
 * @param path named in errors
 * @throws ParseError
 */
export function parseSectionConfig(path: string, text: string): Section[] {
  const sections: { type: string; id: string; properties: Map<string, string> }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const property = /^\s+(\S+)(?:\s+(.*?))?\s*$/.exec(line);
    const current = sections.at(-1);
    if (property?.[1] !== undefined && current !== undefined) {
      current.properties.set(property[1], property[2] ?? '');
      continue;
    }
    const header = /^([a-z][a-z0-9_-]*): *(\S+) *$/i.exec(line);
    if (header?.[1] === undefined || header[2] === undefined) {
      throw new ParseError(`${path}:${index + 1}: neither a section nor a property: "${line.slice(0, 60)}"`);
    }
    sections.push({ type: header[1], id: header[2], properties: new Map() });
  }
  return sections;
}

import { readFile } from 'node:fs/promises';
import { type Component, label } from './component.ts';

const RULE = '='.repeat(78);

/** The text that goes to /usr/share/doc: a list of all components, then one chapter for each that brings its licence. */
export async function thirdPartyLicenses(title: string, components: readonly Component[]): Promise<string> {
  const list = components.map((each) => {
    const where = each.within === undefined ? '' : ` (inside ${each.within})`;
    return `  ${label(each)}: ${each.license}${where}\n`;
  });
  const chapters = await Promise.all(components.map(chapter));
  return [`Components inside ${title}, and their licences.\n`, list.join(''), ...chapters.flat()].join('\n');
}

async function chapter(component: Component): Promise<string[]> {
  const { name, license, licenseFiles, within } = component;
  if (within !== undefined && licenseFiles.length === 0 && name !== 'SQLite') return [];
  const texts = await Promise.all(licenseFiles.map((file) => readFile(file, 'utf8')));
  const body = texts.length > 0 ? texts : [withoutText(license)];
  return [
    `${RULE}\n${label(component)}: ${license}\n${RULE}\n`,
    ...body.map((each) => `${each.replaceAll('\r\n', '\n').trim()}\n`),
  ];
}

function withoutText(license: string): string {
  if (license === 'blessing') return 'Public domain: https://www.sqlite.org/copyright.html';
  const where = license === 'Apache-2.0' ? '; on Debian see /usr/share/common-licenses/Apache-2.0' : '';
  return `(no file with its text; its package.json says ${license}${where})`;
}

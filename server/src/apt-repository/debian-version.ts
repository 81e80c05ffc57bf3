/** `0.2.0-rc.1`, as npm and an agent write it, is `0.2.0~rc.1` for Debian: it must sort before 0.2.0. */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

/**
 * Which of two Debian versions is newer, as dpkg sees it: negative when the first is older. Versions of this
 * project have no epoch.
 */
export function compareDebianVersions(first: string, second: string): number {
  const [firstUpstream, firstRevision] = splitRevision(first);
  const [secondUpstream, secondRevision] = splitRevision(second);
  return compareParts(firstUpstream, secondUpstream) || compareParts(firstRevision, secondRevision);
}

/** The newest of some versions. */
export function newestVersion(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareDebianVersions).at(-1);
}

function splitRevision(version: string): [upstream: string, revision: string] {
  const hyphen = version.lastIndexOf('-');
  return hyphen === -1 ? [version, ''] : [version.slice(0, hyphen), version.slice(hyphen + 1)];
}

/** Text and numbers in turn; text by character with `~` before the end and letters before the rest. */
function compareParts(first: string, second: string): number {
  let [left, right] = [first, second];
  while (left !== '' || right !== '') {
    const [leftText, rightText] = [leading(/^\D*/, left), leading(/^\D*/, right)];
    const byText = compareText(leftText, rightText);
    if (byText !== 0) return byText;
    left = left.slice(leftText.length);
    right = right.slice(rightText.length);
    const [leftDigits, rightDigits] = [leading(/^\d*/, left), leading(/^\d*/, right)];
    const byNumber = compareNumbers(leftDigits, rightDigits);
    if (byNumber !== 0) return byNumber;
    left = left.slice(leftDigits.length);
    right = right.slice(rightDigits.length);
  }
  return 0;
}

function leading(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[0] ?? '';
}

function compareText(first: string, second: string): number {
  for (let index = 0; index < Math.max(first.length, second.length); index += 1) {
    const difference = order(first[index]) - order(second[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `undefined` is the end of the text. */
function order(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** Of any length: a date and a time of day are more than a number holds exactly. */
function compareNumbers(first: string, second: string): number {
  const [left, right] = [first.replace(/^0+/, ''), second.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

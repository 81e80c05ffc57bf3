import { compareDebianVersions } from './debian-version.ts';
import type { PublishedPackage } from './packages-index.ts';

/** As messages name it. */
export function describePackage({ name, version, architecture }: PublishedPackage): string {
  return `${name} ${version} (${architecture})`;
}

/** Whether both are the same version for the same architecture, whatever their content. */
export function isSame(first: PublishedPackage, second: PublishedPackage): boolean {
  return describePackage(first) === describePackage(second);
}

/** By name and architecture, newest first. */
export function sortPackages(packages: readonly PublishedPackage[]): PublishedPackage[] {
  const order = (one: PublishedPackage): string => `${one.name} ${one.architecture}`;
  return packages.toSorted((first, second) =>
    order(first) === order(second)
      ? compareDebianVersions(second.version, first.version)
      : order(first) < order(second)
        ? -1
        : 1,
  );
}

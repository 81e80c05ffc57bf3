import root from '../../package.json' with { type: 'json' };

/** The one version of agent, server and packages: it stands in the root package.json. */
export const VERSION = root.version;

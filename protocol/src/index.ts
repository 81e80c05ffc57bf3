export * from './check.ts';
export * from './documents/index.ts';
export * from './frames.ts';
export * from './limits.ts';
export * from './scalars.ts';
export * from './sources.ts';
export * from './token.ts';
export * from './version.ts';

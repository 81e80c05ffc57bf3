export * from './history.ts';
export * from './host.ts';
export * from './login.ts';

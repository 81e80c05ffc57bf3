export * from './host.ts';
export * from './login.ts';

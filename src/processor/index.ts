export { RemovalError, type RemovalErrorCode } from './errors.ts';
export type { AssetProgress, Cover, Remove, RemoverOptions, UpdateOptions } from './options.ts';
export { Remover, type RemoverEvents } from './remover.ts';
export type { RemoverState, RemoverStats } from './stats.ts';
export { checkSupport, type Support } from './support.ts';

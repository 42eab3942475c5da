export type { TransportKind } from '../transport/open.ts';
export { RemovalError, type RemovalErrorCode, type RemovalErrorInit } from './errors.ts';
export type {
  AssetProgress,
  ClassModelFiles,
  Cover,
  ModelFile,
  Remove,
  RemoveClasses,
  RemoverOptions,
  UpdateOptions,
} from './options.ts';
export { Remover, type RemoverEvents } from './remover.ts';
export type { RemoverState, RemoverStats } from './stats.ts';
export { checkSupport, type Support } from './support.ts';

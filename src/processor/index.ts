export type { PictureBox, PicturePoint } from '../geometry.ts';
export type { LogLevel } from '../log.ts';
export type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
export type { TargetState } from '../segmentation/modes/picked/target.ts';
export type { TransportKind } from '../transport/open.ts';
export { RemovalError, type RemovalErrorCode, type RemovalErrorInit } from './errors.ts';
export type { AssetProgress, Cover, RemoverOptions, UpdateOptions } from './options.ts';
export { type PreloadOptions, preload } from './preload.ts';
export type {
  ClassModelFiles,
  ModelFile,
  Remove,
  RemoveBystanders,
  RemoveClasses,
  RemovePeople,
  RemoveTargets,
  Target,
} from './remove-option.ts';
export { Remover, type RemoverEvents } from './remover.ts';
export { pictureOfRoom } from './room-picture.ts';
export { forgetRoom, forgetRooms, listRooms, type StoredRoom } from './room-store.ts';
export type { RemoverState, RemoverStats } from './stats.ts';
export { checkSupport, type Support } from './support.ts';

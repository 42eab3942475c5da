export function withMetadata(model: Uint8Array, metadata: Uint8Array): Uint8Array;
export function imageMetadata(about: { name: string; mean: number; std: number; licence: string }): Uint8Array;
export function readMetadata(
  model: Uint8Array,
): { name: string; licence: string; mean: number[]; std: number[] } | undefined;

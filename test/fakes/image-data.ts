/** Puts the part of `ImageData` that MediaPipe is given into Node, for good. */
export function installFakeImageData(): void {
  globalThis.ImageData ??= class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  } as unknown as typeof ImageData;
}

/** Where the "camera" picture comes from. */
export type SourceKind = 'room' | 'camera' | 'file' | 'sample';

/** A live picture. Whoever opened it stops it. */
export interface Source {
  readonly kind: SourceKind;
  readonly track: MediaStreamTrack;
  /** Shown under the picture. */
  readonly caption: string;
  stop(): void;
}

/** An error whose message is meant for the person at the page. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

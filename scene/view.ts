/** The scene's camera: fixed, level, 1.4 m high, looking along the room. */
export interface View {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels a metre at one metre. */
  readonly focal: number;
  readonly centreX: number;
  readonly horizon: number;
}

/** The room in metres: x to the right of the middle, y up from the floor, depth from the camera. */
export const ROOM = { left: -2.45, right: 2.45, back: 4.5, top: 2.95 } as const;

export const CAMERA_HEIGHT = 1.4;

export function makeView(width: number, height: number): View {
  return { width, height, focal: 1.3 * height, centreX: width / 2, horizon: 0.37 * height };
}

/** Metres (right, up from the floor, away from the camera) to pixels. */
export function project(view: View, x: number, y: number, distance: number): [number, number] {
  const scale = view.focal / distance;
  return [view.centreX + x * scale, view.horizon + (CAMERA_HEIGHT - y) * scale];
}

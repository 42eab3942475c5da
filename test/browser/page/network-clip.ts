import type { WorkingFrame } from '../../../src/inpaint/fill.ts';

/** The same formula as `clip_frame` in training/parity.py. */
export function clipFrame(width: number, height: number, t: number): WorkingFrame {
  const n = width * height;
  const frame = new Float32Array(3 * n);
  const plate = new Float32Array(3 * n);
  const hole = new Float32Array(n);
  const known = new Float32Array(n).fill(1);
  const left = Math.floor((width * 3) / 8) + 4 * t;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const inside = x >= left && x < left + width / 4 && y >= height / 4 && y < (height * 3) / 4;
      hole[i] = inside ? 1 : 0;
      if (inside && x >= width / 2) known[i] = 0;
      for (let c = 0; c < 3; c++) {
        const scene = 0.5 + 0.2 * Math.sin(0.05 * x + c) + 0.2 * Math.cos(0.08 * y - c) + 0.01 * t;
        frame[c * n + i] = scene * (1 - hole[i]!);
        plate[c * n + i] = scene * known[i]!;
      }
    }
  }
  return { width, height, frame, hole, plate, known };
}

/** Every second unknown pixel of every second row, RGB, 0..255, as in the fixtures. */
export function sample({ width, height, hole, known }: WorkingFrame, rgb: Float32Array): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const i = y * width + x;
      if (hole[i] === 0 || known[i] === 1) continue;
      for (let c = 0; c < 3; c++) out.push(Math.round(Math.min(1, Math.max(0, rgb[c * width * height + i]!)) * 255));
    }
  }
  return out;
}
